//! The part of the program that a test runs: a router, the job handlers, and the delivery of notifications.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use kit::jobs::Handlers;
use kit::web::{CachedPages, Page, PageCache, Problem, speak};

type Deliver = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = kit::Result<usize>> + Send>> + Send + Sync>;

/// A router, the job handlers, and the delivery of notifications. Clones share the same state.
#[derive(Clone)]
pub struct Program {
    pub(crate) router: PageCache,
    pub(crate) handlers: Handlers,
    pub(crate) deliver: Deliver,
}

impl Program {
    /// Returns a program that sends no notifications.
    pub fn new(router: PageCache, handlers: Handlers) -> Program {
        Program { router, handlers, deliver: Arc::new(|| Box::pin(std::future::ready(Ok(0)))) }
    }

    /// Returns a program with only the given routes. A refusal is a problem under `/api/`, and its sentence
    /// elsewhere.
    pub fn of_routes(app: &kit::AppState, routes: Router<kit::AppState>, handlers: Handlers) -> Program {
        let router = routes.with_state(app.clone()).layer(from_fn(|request, next| {
            speak(async |problem: Problem| Page(problem.detail), request, next)
        }));
        Program::new(PageCache::new(router, CachedPages::new(app.db.clone())), handlers)
    }

    /// Adds a function that sends due notifications and returns how many it sent.
    #[must_use]
    pub fn delivering<F, W>(self, deliver: F) -> Program
    where
        F: Fn() -> W + Send + Sync + 'static,
        W: Future<Output = kit::Result<usize>> + Send + 'static,
    {
        Program { deliver: Arc::new(move || Box::pin(deliver())), ..self }
    }
}
