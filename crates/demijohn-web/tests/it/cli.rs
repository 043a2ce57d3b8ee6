//! Commands and their arguments.

use demijohn_web::Args;
use expect_test::expect;

#[test]
fn arguments_are_taken_apart() {
    let mut args =
        Args::new("migrate", ["blog", "--plan", "--database=x", "--name", "y", "0001", "--", "--not-an-option"]);
    assert!(args.flag("--plan"));
    assert!(!args.flag("--plan"));
    assert_eq!(args.option("--database").expect("it has a value").as_deref(), Some("x"));
    assert_eq!(args.option("--name").expect("it has a value").as_deref(), Some("y"));
    assert_eq!(args.option("--none").expect("it is absent"), None);
    let positional: Vec<_> = std::iter::from_fn(|| args.positional()).collect();
    assert_eq!(positional, ["blog", "0001", "--not-an-option"]);
    args.finish().expect("nothing is left");
}

#[test]
fn wrong_arguments_name_what_was_possible() {
    let mut text = String::new();
    let mut args = Args::new("check", ["--deploi"]);
    args.flag("--deploy");
    text += &format!("{:#}\n", args.finish().expect_err("it is wrong"));
    text += &format!("{:#}\n", Args::new("routes", ["all"]).finish().expect_err("it is wrong"));
    let mut args = Args::new("serve", ["--bind"]);
    text += &format!("{:#}\n", args.option("--bind").expect_err("it has no value"));
    expect![[r#"
        unknown option `--deploi`; options of `check` are `--deploy`
        hint: did you mean `--deploy`?
        unexpected argument `all`; `routes` takes no options
        `--bind` of `serve` needs a value
    "#]]
    .assert_eq(&text);
}
