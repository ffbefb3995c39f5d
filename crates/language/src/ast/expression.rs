//! Conditions and templates as they are written: one expression form for both, names still raw.
//!
//! Places are byte offsets in the text that was parsed; a [`crate::text::ScalarMap`] carries them into the file.

use std::ops::Range;

/// An expression with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub at: Range<usize>,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `none`
    None,
    /// `true`, `false`
    Bool(bool),
    /// `3`
    Int(i64),
    /// `3.5`
    Float(f64),
    /// `"製造業"`
    Text(String),
    /// `employees`
    Name(String),
    /// `event.path`
    Attribute {
        /// What has the attribute.
        of: Box<Expr>,
        /// Its name.
        name: Word,
    },
    /// `items[0]`
    Item {
        /// What is looked into.
        of: Box<Expr>,
        /// What for.
        index: Box<Expr>,
    },
    /// `["a", "b"]`
    List(Vec<Expr>),
    /// `not a`
    Not(Box<Expr>),
    /// `-a`
    Negative(Box<Expr>),
    /// `a and b`, `a + b`, `a in b`
    Binary {
        /// Which.
        op: Operator,
        /// Left side.
        left: Box<Expr>,
        /// Right side.
        right: Box<Expr>,
    },
    /// `1 < a <= 3`: each neighbouring pair is compared.
    Chain {
        /// The first operand.
        first: Box<Expr>,
        /// Operators with the operands that follow them.
        rest: Vec<(Operator, Expr)>,
    },
    /// `a if test else b`
    If {
        /// The test.
        test: Box<Expr>,
        /// Value if it holds.
        then: Box<Expr>,
        /// Value otherwise.
        otherwise: Option<Box<Expr>>,
    },
    /// `a | lower`
    Filter {
        /// What it is applied to; `None` in a filter block.
        of: Option<Box<Expr>>,
        /// Its name.
        name: Word,
        /// Its arguments.
        args: Args,
    },
    /// `a is none`
    Test {
        /// What is tested.
        of: Box<Expr>,
        /// Name of the test.
        name: Word,
        /// Its arguments.
        args: Args,
    },
    /// `did("page_viewed")`
    Call {
        /// What is called.
        function: Box<Expr>,
        /// Its arguments.
        args: Args,
    },
    /// Something that campaigns do not use, in words.
    Unsupported(&'static str),
}

/// A word with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// The word.
    pub text: String,
    /// Where it stands.
    pub at: Range<usize>,
}

/// Arguments of a call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Args {
    /// By position.
    pub positional: Vec<Expr>,
    /// By name.
    pub named: Vec<(Word, Expr)>,
}

/// Operators with two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the operators of the expression language")]
pub enum Operator {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    And,
    Or,
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    Rem,
    Pow,
    Concat,
    In,
    NotIn,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Stmt {
    /// Text that stands for itself.
    Raw(String, Range<usize>),
    /// `{{ a }}`
    Print(Expr),
    /// `{% if %}`
    If {
        /// The test.
        test: Expr,
        /// If it holds.
        then: Vec<Stmt>,
        /// Otherwise.
        otherwise: Vec<Stmt>,
    },
    /// `{% for %}`
    For {
        /// The loop variable, or variables.
        target: Expr,
        /// What is looped over.
        iter: Expr,
        /// The loop's own `if`.
        filter: Option<Expr>,
        /// For each.
        body: Vec<Stmt>,
        /// If there is none.
        otherwise: Vec<Stmt>,
    },
    /// `{% set a = b %}`
    Set {
        /// The variable.
        target: Expr,
        /// Its value.
        value: Expr,
    },
    /// `{% set a %}…{% endset %}`
    SetBlock {
        /// The variable.
        target: Expr,
        /// What it comes to.
        body: Vec<Stmt>,
    },
    /// `{% with a = b %}`
    With {
        /// Variables and values.
        assignments: Vec<(Expr, Expr)>,
        /// Where they hold.
        body: Vec<Stmt>,
    },
    /// A statement that campaigns do not have, in words.
    Unsupported(&'static str, Range<usize>),
}

/// Why a text does not parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxFault {
    /// One sentence.
    pub message: String,
    /// Where.
    pub at: Range<usize>,
}
