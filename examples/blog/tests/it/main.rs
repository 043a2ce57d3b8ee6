//! The blog as its users meet it: the built program, on real sockets, with a real browser and real Django beside it.

mod admin;
mod beside_django;
mod durability;
mod failures;
mod first_run;
mod fixtures;
mod flags;
mod pages;
mod servers;
mod site;
mod tables;
