use demijohn_forms::{ChoiceOption, Field, Form, FormData, Widget};
use expect_test::expect;

#[test]
fn a_form_is_drawn_with_labels_help_and_errors_tied_to_their_controls() {
    let mut form = Form::new()
        .field(Field::text("title").max_length(5).help("At most \"five\" letters."))
        .field(Field::boolean("agree").label("I agree"))
        .field(Field::choice("size", [("s", "Small"), ("l", "<Large>")]).widget(Widget::Radio))
        .field(Field::text("next").widget(Widget::Hidden));
    form.bind(&FormData::from_pairs([("title", "\"><script>"), ("size", "l"), ("next", "/a?b=c&d")]));
    form.validate().expect_err("the title is too long");
    expect![[r#"
        <input type="hidden" name="next" value="/a?b=c&amp;d">
        <div class="field has-errors">
        <label for="id_title">Title</label>
        <ul class="errors" id="id_title_error"><li>Ensure this value has at most 5 characters (it has 10).</li></ul>
        <input type="text" name="title" id="id_title" required maxlength="5" aria-describedby="id_title_error id_title_help" aria-invalid="true" value="&quot;&gt;&lt;script&gt;">
        <p class="help" id="id_title_help">At most &quot;five&quot; letters.</p>
        </div>
        <div class="field has-errors">
        <ul class="errors" id="id_agree_error"><li>This field is required.</li></ul>
        <input type="checkbox" value="on" name="agree" id="id_agree" required aria-describedby="id_agree_error" aria-invalid="true">
        <label for="id_agree">I agree</label>
        </div>
        <fieldset class="field"><legend>Size</legend>
        <label><input type="radio" name="size" id="id_size" value="s" required> Small</label>
        <label><input type="radio" name="size" id="id_size_1" value="l" checked required> &lt;Large&gt;</label>
        </fieldset>
    "#]]
    .assert_eq(&form.render());
}

#[test]
fn lists_offer_nothing_until_something_must_stay_chosen() {
    let sizes = [
        ChoiceOption::new("s", "Small").group("Usual"),
        ChoiceOption::new("l", "Large").group("Usual"),
        ChoiceOption::new("x", "Odd"),
    ];
    let form = Form::new()
        .field(Field::choice("size", sizes.clone()))
        .field(Field::choice("other", sizes).initial("x"))
        .field(Field::multiple_choice("days", [("1", "Monday"), ("2", "Tuesday")]).initial("2"));
    expect![[r#"
        <div class="field">
        <label for="id_size">Size</label>
        <select name="size" id="id_size" required>
        <option value="" selected>---------</option>
        <optgroup label="Usual">
        <option value="s">Small</option>
        <option value="l">Large</option>
        </optgroup>
        <option value="x">Odd</option>
        </select>
        </div>
        <div class="field">
        <label for="id_other">Other</label>
        <select name="other" id="id_other" required>
        <optgroup label="Usual">
        <option value="s">Small</option>
        <option value="l">Large</option>
        </optgroup>
        <option value="x" selected>Odd</option>
        </select>
        </div>
        <fieldset class="field"><legend>Days</legend>
        <label><input type="checkbox" name="days" id="id_days" value="1"> Monday</label>
        <label><input type="checkbox" name="days" id="id_days_1" value="2" checked> Tuesday</label>
        </fieldset>
    "#]]
    .assert_eq(&form.render());
}

#[test]
fn dates_get_a_picker_unless_what_was_typed_is_none() {
    let mut form = Form::new()
        .field(Field::date("day"))
        .field(Field::datetime("when"))
        .field(Field::time("at").optional())
        .field(Field::textarea("note").optional());
    form.bind(&FormData::from_pairs([
        ("day", "soon"),
        ("when", "2026-11-22 08:15"),
        ("at", ""),
        ("note", "\n</textarea>"),
    ]));
    expect![[r#"
        <div class="field">
        <label for="id_day">Day</label>
        <input type="text" name="day" id="id_day" required value="soon">
        </div>
        <div class="field">
        <label for="id_when">When</label>
        <input type="datetime-local" name="when" id="id_when" required value="2026-11-22T08:15">
        </div>
        <div class="field">
        <label for="id_at">At</label>
        <input type="time" name="at" id="id_at">
        </div>
        <div class="field">
        <label for="id_note">Note</label>
        <textarea name="note" id="id_note" rows="10">

        &lt;/textarea&gt;</textarea>
        </div>
    "#]]
    .assert_eq(&form.render());
}

#[test]
fn passwords_are_never_shown_and_odd_attributes_never_written() {
    let mut form = Form::new().field(
        Field::password("secret")
            .autocomplete("current-password")
            .attribute("x onclick=alert(1) y", "z")
            .attribute("data-x", "\"")
            .attribute("autofocus", true),
    );
    form.bind(&FormData::from_pairs([("secret", "hunter2")]));
    let html = form.render();
    assert!(!html.contains("hunter2") && !html.contains("onclick"), "{html}");
    assert!(html.contains(" autocomplete=\"current-password\" autofocus data-x=\"&quot;\">"), "{html}");
}

#[test]
fn numbers_are_texts_with_the_keyboard_that_fits_and_their_limits_are_known() {
    let form = Form::new()
        .field(Field::integer("seats").min(1_i64).max(9_i64).initial(2_i64))
        .field(Field::integer_between("small", -32_768, 32_767))
        .field(Field::decimal("price", 6, 2).min(0_i64))
        .field(Field::decimal("tenth", 6, 1))
        .field(Field::decimal("whole", 6, 0))
        .field(Field::float("ratio"));
    let limits: Vec<_> = form
        .context()
        .fields
        .iter()
        .map(|field| {
            let widget = serde_json::to_value(&field.widget).expect("a widget serializes");
            ["min", "max", "step", "inputmode"].map(|key| widget[key].as_str().unwrap_or("-").to_owned()).join(" ")
        })
        .collect();
    expect![[r#"
        1 9 1 numeric
        -32768 32767 1 text
        0 - 0.01 decimal
        - - 0.1 text
        - - 1 text
        - - any text"#]]
    .assert_eq(&limits.join("\n"));
    let html = form.render();
    assert!(
        html.contains(r#"<input type="text" name="seats" id="id_seats" required inputmode="numeric" value="2">"#),
        "{html}"
    );
}
