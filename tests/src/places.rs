//! Places: each call to the table or to the provider, before it took effect and after. At one of them a test lets the
//! caller die, lets others act, or loses the call. Running a scenario at its first place, its second and so on, until
//! it has no such place, tries them all.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

#[derive(Clone, Default)]
pub struct Places(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    passed: usize,
    plan: Option<(usize, Then)>,
}

enum Then {
    Die(Arc<Notify>),
    Act(Pin<Box<dyn Future<Output = ()> + Send>>),
    Lose,
}

/// What became of a caller.
#[derive(Debug)]
pub enum Fate<T> {
    /// Nothing happened to it: it has no such place.
    Unhurt,
    /// It was met at the place, and went on to its end.
    Lived(T),
    Died,
}

impl std::fmt::Debug for Places {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Places")
    }
}

impl Places {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call is here. `false`: it is lost.
    pub async fn pass(&self) -> bool {
        let then = {
            let mut state = self.state();
            let here = state.passed;
            state.passed += 1;
            match &state.plan {
                Some((at, _)) if *at == here => state.plan.take(),
                _ => None,
            }
        };
        match then {
            None => true,
            Some((_, Then::Lose)) => false,
            Some((_, Then::Act(act))) => {
                // A task of its own: a call within a call would need a deep stack.
                tokio::spawn(act).await.expect("others act without panic");
                true
            }
            Some((_, Then::Die(died))) => {
                died.notify_one();
                std::future::pending().await
            }
        }
    }

    fn plan(&self, at: usize, then: Then) {
        let mut state = self.state();
        state.passed = 0;
        state.plan = Some((at, then));
    }

    fn fate<T>(&self, outcome: T) -> Fate<T> {
        match self.state().plan.take() {
            Some(_) => Fate::Unhurt,
            None => Fate::Lived(outcome),
        }
    }

    /// The caller dies at its `at`-th place.
    pub async fn kill<T>(&self, at: usize, caller: impl Future<Output = T>) -> Fate<T> {
        let died = Arc::new(Notify::new());
        self.plan(at, Then::Die(Arc::clone(&died)));
        tokio::select! {
            biased;
            () = died.notified() => Fate::Died,
            outcome = caller => self.fate(outcome),
        }
    }

    /// At the caller's `at`-th place, others act before it goes on.
    pub async fn overtake<T>(
        &self,
        at: usize,
        others: impl Future<Output = ()> + Send + 'static,
        caller: impl Future<Output = T>,
    ) -> Fate<T> {
        self.plan(at, Then::Act(Box::pin(others)));
        let outcome = caller.await;
        self.fate(outcome)
    }

    /// The caller's call at its `at`-th place is lost.
    pub async fn lose<T>(&self, at: usize, caller: impl Future<Output = T>) -> Fate<T> {
        self.plan(at, Then::Lose);
        let outcome = caller.await;
        self.fate(outcome)
    }
}
