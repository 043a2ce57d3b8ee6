//! The admin through the door that browsers use, on real databases.

mod accounts;
mod beside_django;
mod blog;
mod checks;
mod deletion;
mod forms;
mod grants;
mod hostile;
mod kinds;
mod lists;
mod login;
mod permissions;
mod refusals;
mod site;
mod templates;
