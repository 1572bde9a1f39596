//! A request of the Postman collection, as a recipe says it.

use serde_json::Value;

/// Not an operation: the form of an upload.
pub(super) const FORM: &str = "the form of an upload";

pub(super) struct Folder {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) steps: Vec<Step>,
}

/// Whose token a request has.
#[derive(Clone, Copy)]
pub(super) enum Who {
    /// Staff's if a permission is needed; else the customer's, if the operation takes a token.
    ByAccess,
    Staff,
    Guest,
}

pub(super) struct Step {
    pub(super) operation: &'static str,
    pub(super) title: Option<&'static str>,
    pub(super) who: Who,
    /// Fields of the body in place of those of the example.
    pub(super) with: Vec<(&'static str, Value)>,
    /// Fields of the example that are left out.
    pub(super) without: Vec<&'static str>,
    /// Parameters of the path, and the variables for them.
    pub(super) path: Vec<(&'static str, &'static str)>,
    pub(super) query: Vec<(&'static str, &'static str)>,
    pub(super) headers: Vec<(&'static str, &'static str)>,
    pub(super) before: Vec<String>,
    /// Variables, and the parts of the answer that they keep.
    pub(super) keep: Vec<(&'static str, &'static str)>,
    /// What must be true of the answer's `data`: a sentence, and a condition in JavaScript.
    pub(super) expect: Vec<(&'static str, &'static str)>,
}

pub(super) fn step(operation: &'static str) -> Step {
    Step {
        operation,
        title: None,
        who: Who::ByAccess,
        with: Vec::new(),
        without: Vec::new(),
        path: Vec::new(),
        query: Vec::new(),
        headers: Vec::new(),
        before: Vec::new(),
        keep: Vec::new(),
        expect: Vec::new(),
    }
}

impl Step {
    pub(super) fn title(mut self, title: &'static str) -> Self {
        self.title = Some(title);
        self
    }

    pub(super) fn guest(mut self) -> Self {
        self.who = Who::Guest;
        self
    }

    pub(super) fn staff(mut self) -> Self {
        self.who = Who::Staff;
        self
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.with.push((name, value.into()));
        self
    }

    pub(super) fn without(mut self, names: &[&'static str]) -> Self {
        self.without.extend(names);
        self
    }

    pub(super) fn path(mut self, name: &'static str, variable: &'static str) -> Self {
        self.path.push((name, variable));
        self
    }

    pub(super) fn query(mut self, name: &'static str, value: &'static str) -> Self {
        self.query.push((name, value));
        self
    }

    pub(super) fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(super) fn before(mut self, script: impl Into<String>) -> Self {
        self.before.push(script.into());
        self
    }

    pub(super) fn keep(mut self, variable: &'static str, part: &'static str) -> Self {
        self.keep.push((variable, part));
        self
    }

    pub(super) fn expect(mut self, sentence: &'static str, condition: &'static str) -> Self {
        self.expect.push((sentence, condition));
        self
    }

    pub(super) fn keep_tokens(self) -> Self {
        self.keep("accessToken", "data.accessToken").keep("refreshToken", "data.refreshToken")
    }
}

pub(super) fn steps(operations: &[&'static str]) -> Vec<Step> {
    operations.iter().map(|operation| step(operation)).collect()
}

pub(super) fn folder(name: &'static str, about: &'static str, steps: Vec<Step>) -> Folder {
    Folder { name, about, steps }
}
