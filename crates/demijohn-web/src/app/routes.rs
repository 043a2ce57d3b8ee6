//! Which paths an app answers.

use std::panic::Location;

use axum::routing::{MethodFilter, MethodRouter, on};
use http::Method;

use super::{Answers, App, Route};
use crate::Site;
use crate::routing::handler_name;

impl App {
    /// Answers `GET` (and `HEAD`) at a path: `/posts/{id}`, `/files/{*path}`.
    #[track_caller]
    pub fn get<H: Answers<T>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add(Method::GET, path, on(MethodFilter::GET, handler), handler_name::<H>())
    }

    /// Answers `POST` at a path.
    #[track_caller]
    pub fn post<H: Answers<T>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add(Method::POST, path, on(MethodFilter::POST, handler), handler_name::<H>())
    }

    /// Answers `PUT` at a path.
    #[track_caller]
    pub fn put<H: Answers<T>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add(Method::PUT, path, on(MethodFilter::PUT, handler), handler_name::<H>())
    }

    /// Answers `PATCH` at a path.
    #[track_caller]
    pub fn patch<H: Answers<T>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add(Method::PATCH, path, on(MethodFilter::PATCH, handler), handler_name::<H>())
    }

    /// Answers `DELETE` at a path.
    #[track_caller]
    pub fn delete<H: Answers<T>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add(Method::DELETE, path, on(MethodFilter::DELETE, handler), handler_name::<H>())
    }

    /// Answers at a path with an axum method router, which says itself which methods it knows.
    #[track_caller]
    pub fn route(mut self, path: &str, handlers: MethodRouter<Site>) -> Self {
        let place = Location::caller();
        self.routes.push(Route { path: path.to_owned(), method: None, handlers, name: None, place });
        self
    }

    /// Names the route added last; without it a route is called as its function is.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        if let Some(route) = self.routes.last_mut() {
            route.name = Some(name.into());
        }
        self
    }

    #[track_caller]
    fn add(mut self, method: Method, path: &str, handlers: MethodRouter<Site>, name: Option<&'static str>) -> Self {
        let (path, name, place) = (path.to_owned(), name.map(ToOwned::to_owned), Location::caller());
        self.routes.push(Route { path, method: Some(method), handlers, name, place });
        self
    }
}
