//! The micro framework through its front door: in process, and over real sockets.

mod app;
mod cli;
mod csrf;
mod errors;
mod extract;
mod hosts;
mod pages;
mod routing;
mod server;
mod session;
mod static_files;
mod support;
mod templates;
