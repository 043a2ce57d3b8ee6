//! Tests against passwords that Django stored, and against what could stand in the column instead.

mod gibberish;
mod limits;
mod stored;
mod vectors;

use super::{Argon2, Bcrypt, Digest, Hasher, Pbkdf2, Scrypt, Variety};

/// One quick hasher of each kind.
fn quick() -> Vec<Hasher> {
    let argon2 = Argon2 { memory: 64, passes: 1, lanes: 2, ..Argon2::default() };
    vec![
        Hasher::Argon2(argon2),
        Hasher::Argon2(Argon2 { variety: Variety::I, version: 16, hash_length: 16, ..argon2 }),
        Hasher::Argon2(Argon2 { variety: Variety::D, ..argon2 }),
        Hasher::Pbkdf2(Pbkdf2::sha256(3)),
        Hasher::Pbkdf2(Pbkdf2 { digest: Digest::Sha1, iterations: 3 }),
        Hasher::Bcrypt(Bcrypt { prehash: true, rounds: 4 }),
        Hasher::Bcrypt(Bcrypt { prehash: false, rounds: 4 }),
        Hasher::Scrypt(Scrypt { n: 16, r: 2, p: 2 }),
        Hasher::Md5,
    ]
}
