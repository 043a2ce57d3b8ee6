//! Tests of the rules, their words and what must pass.

use super::*;

fn codes(password: &str, user: &[UserAttribute<'_>]) -> Vec<&'static str> {
    PasswordRules::default().check(password, user).iter().map(|complaint| complaint.code).collect()
}

fn messages(rule: impl PasswordRule + 'static, password: &str, user: &[UserAttribute<'_>]) -> Vec<String> {
    let rules = PasswordRules::none().with(rule);
    rules.check(password, user).into_iter().map(|complaint| complaint.message).collect()
}

fn ada() -> [UserAttribute<'static>; 4] {
    [
        UserAttribute::new("username", "testclient"),
        UserAttribute::new("first name", "Ada-Marie"),
        UserAttribute::new("last name", ""),
        UserAttribute::new("email address", "countess@lovelace.example"),
    ]
}

#[test]
fn says_what_django_says() {
    let all = codes("1234567", &[]);
    assert_eq!(all, ["password_too_short", "password_too_common", "password_entirely_numeric"]);
    let short = "This password is too short. It must contain at least 8 characters.";
    assert_eq!(messages(MinimumLength::default(), "1234567", &[]), [short]);
    let one = "This password is too short. It must contain at least 1 character.";
    assert_eq!(messages(MinimumLength(1), "", &[]), [one]);
    assert_eq!(messages(CommonPassword, "password", &[]), ["This password is too common."]);
    assert_eq!(messages(NumericPassword, "42424242", &[]), ["This password is entirely numeric."]);
    let similar = "The password is too similar to the username.";
    assert_eq!(messages(UserAttributeSimilarity::default(), "testclient", &ada()), [similar]);
    let help = PasswordRules::default().help();
    assert_eq!(help[1], "Your password must contain at least 8 characters.");
    assert_eq!(help.len(), 4);
}

#[test]
fn similarity_is_that_of_difflib() {
    let rule = |max| UserAttributeSimilarity::new(max);
    // `quick_ratio` of Python: testclient/testclient123 0.870, abcd/bcde 0.75, foo/bar 0.
    assert_eq!(messages(rule(0.87), "testclient123", &ada()).len(), 0);
    assert_eq!(messages(rule(0.86), "testclient123", &ada()).len(), 1);
    let abcd = [UserAttribute::new("username", "abcd")];
    assert_eq!(messages(rule(0.75), "bcde", &abcd).len(), 1);
    assert_eq!(messages(rule(0.76), "bcde", &abcd).len(), 0);
}

#[test]
fn similarity_looks_at_every_word_of_every_attribute() {
    let rule = UserAttributeSimilarity::default;
    assert_eq!(messages(rule(), "ELCALEVOL", &ada()), ["The password is too similar to the email address."]);
    assert_eq!(messages(rule(), "marie", &ada()), ["The password is too similar to the first name."]);
    assert_eq!(messages(rule(), "quartz blimp 7 ferry", &ada()).len(), 0);
    let short = [UserAttribute::new("username", "a")];
    assert_eq!(
        messages(UserAttributeSimilarity::new(0.1), &"a".repeat(30), &short).len(),
        0,
        "far too short to compare"
    );
}

#[test]
fn common_passwords_are_found_in_any_dress() {
    for password in
        ["password", " PassWord ", "qwerty123", "Dragon2024!", "letmein", "iloveyou", "Summer2025", "p@ssw0rd"]
    {
        assert!(codes(password, &[]).contains(&"password_too_common"), "{password}");
    }
    for run in ["98765432", "23456789", "aaaaaaaaa", "ABCDEFGHIJ", "a1b2c3d4e5", "1a1a1a1a", "zyxwvut"] {
        assert!(codes(run, &[]).contains(&"password_too_common"), "{run}");
    }
    for password in
        ["correct horse battery staple", "dragonflies over tulsa", "Tr0ub4dor&3x", "x7!kQ9q0cJ2m", "dragon20242024"]
    {
        assert_eq!(codes(password, &[]), [""; 0], "{password}");
    }
}

#[test]
fn list_of_common_passwords_is_sorted_lower_case_and_without_doubles() {
    let lines: Vec<&str> = include_str!("common.txt").lines().collect();
    assert!(lines.len() > 1_000, "{}", lines.len());
    for pair in lines.windows(2) {
        assert!(pair[0] < pair[1], "`{}` before `{}`", pair[0], pair[1]);
    }
    assert!(lines.iter().all(|line| *line == line.trim().to_lowercase() && !line.is_empty()));
}

#[test]
fn counts_characters_and_knows_all_digits() {
    assert_eq!(codes("ßüöäßüé", &[]), ["password_too_short"]);
    assert_eq!(codes("ßüöäßüéö", &[]), [""; 0]);
    assert_eq!(codes("٤٢٧٤١٩٠٢٣٨", &[]), ["password_entirely_numeric"]);
}

#[test]
fn errors_go_to_the_field() {
    let mut errors = FieldErrors::new();
    PasswordRules::default().check_field("password1", "12345", &[], &mut errors);
    assert_eq!(errors.of("password1").len(), 3);
    PasswordRules::none().check_field("other", "12345", &[], &mut errors);
    assert_eq!(errors.len(), 1);
}

#[test]
fn refuses_endless_passwords_before_looking_at_them() {
    let complaints = PasswordRules::default().check(&"1".repeat(1_000_000), &ada());
    assert_eq!(complaints.len(), 1);
    assert_eq!(complaints[0].code, "password_too_long");
}
