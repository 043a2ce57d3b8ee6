//! Whatever stands in the column: a check says wrong, and neither panics nor shows it.

use super::quick;
use crate::hashers::{Encoded, Hasher, Hashing, Outcome};

/// A small generator with a fixed seed (xorshift), so that a failure comes back.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

/// One to three letters replaced, left out, doubled or put in.
fn mutate(text: &str, dice: &mut Dice) -> String {
    const LETTERS: [char; 16] = ['$', '=', ',', '0', '9', 'a', 'Z', '.', '/', '+', '-', '!', ' ', '\0', 'é', '😀'];
    let mut letters: Vec<char> = text.chars().collect();
    for _ in 0..=dice.below(3) {
        if letters.is_empty() {
            break;
        }
        let place = dice.below(letters.len());
        let letter = LETTERS[dice.below(LETTERS.len())];
        match dice.below(5) {
            0 => letters[place] = letter,
            1 => drop(letters.remove(place)),
            2 => letters.insert(place, letters[place]),
            3 => letters.insert(place, letter),
            _ => letters.truncate(place + 1),
        }
    }
    letters.into_iter().collect()
}

#[test]
fn mutated_passwords_never_panic_and_never_match_another_password() {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    for hasher in quick() {
        let stored = hasher.encode("right").expect("short");
        let mut readable = 0;
        for _ in 0..3_000 {
            let text = mutate(&stored, &mut dice);
            let Ok(mutant) = Encoded::parse(&text) else { continue };
            // Mutants with larger, allowed costs are as good as the others, only slower.
            if mutant.hasher().cost() <= hasher.cost() * 4 {
                readable += 1;
                assert!(!mutant.verify("wrong"), "{text}");
            }
        }
        assert!(readable > 50, "only {readable} mutants of {hasher:?} could be read");
    }
}

#[test]
fn every_truncation_is_wrong() {
    for hasher in quick() {
        let stored = hasher.encode("right").expect("short");
        for end in 0..stored.len() {
            let is_right = Encoded::parse(&stored[..end]).is_ok_and(|encoded| encoded.verify("right"));
            assert!(!is_right, "{} of {stored}", &stored[..end]);
        }
    }
}

#[test]
fn gibberish_is_wrong_and_never_repeated_in_the_error() {
    let hashing = Hashing::new(Hasher::Md5).with_md5();
    let texts = [
        "",
        "$",
        "$$$$$$$$",
        "plain",
        "hunter2$hunter2",
        "pbkdf2_sha256",
        "pbkdf2_sha256$$$",
        "argon2$",
        "argon2$$$$$",
        "argon2$argon2id$v=19$m=,t=,p=$$",
        "argon2$argon2id$v=$m=8,t=1,p=1$c29tZXNhbHQ$aaaa",
        "bcrypt$",
        "bcrypt$$$$",
        "bcrypt$$2b$1é$abcdefghijklmnopqrstuu0sDWleciW5uGBGYwxpcgAsh9WK4bWNy",
        "bcrypt$$2b$04$abcdefghijklmnopqrstué0sDWleciW5uGBGYwxpcgAsh9WK4bWN",
        "scrypt$$$$$",
        "md5$",
        "md5$a$",
        "md5$$d41d8",
        "md5$a$éééééééééééééééé",
        "sha1$a$b",
        "!",
        "!!",
        "\0",
        "😀$😀$😀$😀",
    ];
    for text in texts {
        assert_eq!(hashing.check("", text), Outcome::Wrong, "{text}");
        assert_eq!(hashing.check(text, text), Outcome::Wrong, "{text}");
        let error = Encoded::parse(text).expect_err(text);
        assert!(!format!("{error:#}").contains("hunter2"), "{error}");
    }
}
