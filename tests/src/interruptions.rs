//! Interruptions. There is a point before and after each call to the table or to the provider. A test chooses one point:
//! there the caller crashes, or others act, or the call is lost. To test all points, it runs a scenario again and again,
//! with the interruption at the first point, then at the second, and so on until the scenario has no such point.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::template;

#[derive(Clone, Default)]
pub struct Interruptions(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    passed: usize,
    planned: Option<Planned>,
}

struct Planned {
    at: usize,
    event: Event,
}

enum Event {
    Crash(Arc<Notify>),
    OthersAct(Pin<Box<dyn Future<Output = ()> + Send>>),
    LoseCall,
}

/// What happens to a caller at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interruption<Act> {
    Crash,
    LostCall,
    /// Others do this.
    Others(Act),
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
        match planned.map(|planned| planned.event) {
            None => true,
            Some(Event::LoseCall) => false,
            Some(Event::OthersAct(act)) => {
                // In its own task, because a call within a call would need a deep stack.
                tokio::spawn(act).await.expect("others act without panic");
                true
            }
            Some(Event::Crash(crashed)) => {
                crashed.notify_one();
                std::future::pending().await
            }
        }
    }

    fn plan(&self, at: usize, event: Event) {
        *self.state() = State { passed: 0, planned: Some(Planned { at, event }) };
    }

    fn outcome<T>(&self, answer: T) -> Outcome<T> {
        match self.state().planned.take() {
            Some(_) => Outcome::NotReached,
            None => Outcome::Finished(answer),
        }
    }

    /// One of these happens at the caller's point `at`. `act` is what others do.
    pub async fn happen_at<Act, Others: Future<Output = ()> + Send + 'static, T>(
        &self,
        at: usize,
        interruption: Interruption<Act>,
        act: impl FnOnce(Act) -> Others,
        caller: impl Future<Output = T>,
    ) -> Outcome<T> {
        let caller = Box::pin(caller);
        match interruption {
            Interruption::Crash => self.crash_at(at, caller).await,
            Interruption::LostCall => self.lose_call_at(at, caller).await,
            Interruption::Others(other) => self.interrupt_at(at, act(other), caller).await,
        }
    }

    /// The caller crashes at its point `at`.
    pub async fn crash_at<T>(&self, at: usize, caller: impl Future<Output = T>) -> Outcome<T> {
        let crashed = Arc::new(Notify::new());
        self.plan(at, Event::Crash(Arc::clone(&crashed)));
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
        self.plan(at, Event::OthersAct(Box::pin(others)));
        let answer = caller.await;
        self.outcome(answer)
    }

    /// The caller's call at its point `at` is lost.
    pub async fn lose_call_at<T>(&self, at: usize, caller: impl Future<Output = T>) -> Outcome<T> {
        self.plan(at, Event::LoseCall);
        let answer = caller.await;
        self.outcome(answer)
    }
}

/// How many interleavings the tests of one file tried. A page of the docs gives the sum, as in "These are 1,134
/// interleavings".
#[derive(Debug)]
pub struct Tally {
    page: &'static str,
    /// What follows the number in the page.
    what: &'static str,
    counts: Mutex<Vec<usize>>,
}

impl Tally {
    pub const fn new(page: &'static str, what: &'static str) -> Self {
        Self { page, what, counts: Mutex::new(Vec::new()) }
    }

    /// One of so many tests ended. The one that ends last compares the sum with the page.
    #[expect(clippy::print_stdout, reason = "the sum is shown with --nocapture")]
    pub fn ended(&self, count: usize, tests: usize) {
        assert!(count > 0, "there are points");
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.push(count);
        if counts.len() == tests {
            let sum: usize = counts.iter().sum();
            println!("{sum} {}", self.what);
            assert_eq!(sum, self.documented(), "the number in {}", self.page);
        }
    }

    fn documented(&self) -> usize {
        let text = std::fs::read_to_string(template::root().join(self.page)).expect("the page exists");
        let (before, _) = text.split_once(&format!(" {}", self.what)).expect("the page gives the number");
        let number = before.split_whitespace().last().expect("a number stands there");
        number.replace(',', "").parse().expect("it is a number")
    }
}
