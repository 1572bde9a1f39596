//! Interruptions. There is a point before and after each call to the table or to the provider. A test chooses one point:
//! there the caller crashes, or others act, or the call is lost. To test all points, it runs a scenario again and again,
//! with the interruption at the first point, then at the second, and so on until the scenario has no such point.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

#[derive(Clone, Default)]
pub struct Interruptions(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    passed: usize,
    planned: Option<Planned>,
}

struct Planned {
    at: usize,
    interruption: Interruption,
}

enum Interruption {
    Crash(Arc<Notify>),
    OthersAct(Pin<Box<dyn Future<Output = ()> + Send>>),
    LoseCall,
}

/// How the run of a caller ended.
#[derive(Debug)]
pub enum Outcome<T> {
    /// It made fewer calls, so it never reached the point.
    NotReached,
    /// It was interrupted and then finished.
    Finished(T),
    Crashed,
}

impl std::fmt::Debug for Interruptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Interruptions")
    }
}

impl Interruptions {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A caller passes a point. `false` means that its call is lost.
    pub async fn pass(&self) -> bool {
        let planned = {
            let mut state = self.state();
            let here = state.passed;
            state.passed += 1;
            state.planned.take_if(|planned| planned.at == here)
        };
        match planned.map(|planned| planned.interruption) {
            None => true,
            Some(Interruption::LoseCall) => false,
            Some(Interruption::OthersAct(act)) => {
                // In its own task, because a call within a call would need a deep stack.
                tokio::spawn(act).await.expect("others act without panic");
                true
            }
            Some(Interruption::Crash(crashed)) => {
                crashed.notify_one();
                std::future::pending().await
            }
        }
    }

    fn plan(&self, at: usize, interruption: Interruption) {
        *self.state() = State { passed: 0, planned: Some(Planned { at, interruption }) };
    }

    fn outcome<T>(&self, answer: T) -> Outcome<T> {
        match self.state().planned.take() {
            Some(_) => Outcome::NotReached,
            None => Outcome::Finished(answer),
        }
    }

    /// The caller crashes at its point `at`.
    pub async fn crash_at<T>(&self, at: usize, caller: impl Future<Output = T>) -> Outcome<T> {
        let crashed = Arc::new(Notify::new());
        self.plan(at, Interruption::Crash(Arc::clone(&crashed)));
        tokio::select! {
            biased;
            () = crashed.notified() => Outcome::Crashed,
            answer = caller => self.outcome(answer),
        }
    }

    /// At the caller's point `at`, others act before it goes on.
    pub async fn interrupt_at<T>(
        &self,
        at: usize,
        others: impl Future<Output = ()> + Send + 'static,
        caller: impl Future<Output = T>,
    ) -> Outcome<T> {
        self.plan(at, Interruption::OthersAct(Box::pin(others)));
        let answer = caller.await;
        self.outcome(answer)
    }

    /// The caller's call at its point `at` is lost.
    pub async fn lose_call_at<T>(&self, at: usize, caller: impl Future<Output = T>) -> Outcome<T> {
        self.plan(at, Interruption::LoseCall);
        let answer = caller.await;
        self.outcome(answer)
    }
}
