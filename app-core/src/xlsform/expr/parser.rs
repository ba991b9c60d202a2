//! Tokens → [`Expr`]: recursive descent with a bound on nesting.

use super::ExprError;
use super::ast::{Axis, Expr, Filter, NEGATE_LEVEL, Op, Path, Start, Step, Test};
use super::functions;
use super::lexer::{Kind, Token, lex};
use crate::told;
use crate::told::Told;

/// How deep parentheses, predicates and calls may nest.
const MAX_DEPTH: usize = 60;

pub fn parse(text: &str) -> Result<Expr, ExprError> {
    let tokens = lex(text)?;
    let mut parser = Parser { tokens, at: 0, depth: 0, end: text.chars().count() };
    let expr = parser.chain(0)?;
    match parser.peek() {
        None => Ok(expr),
        Some(_) => Err(parser.error(told!("something is left over here", "从这里起的内容是多余的。"))),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    end: usize,
}

type Parsed<T> = Result<T, ExprError>;

impl Parser {
    fn peek(&self) -> Option<&Kind> {
        self.tokens.get(self.at).map(|t| &t.kind)
    }

    fn peek_at(&self, ahead: usize) -> Option<&Kind> {
        self.tokens.get(self.at.saturating_add(ahead)).map(|t| &t.kind)
    }

    fn take(&mut self, kind: &Kind) -> bool {
        let yes = self.peek() == Some(kind);
        if yes {
            self.at += 1;
        }
        yes
    }

    fn error(&self, message: Told) -> ExprError {
        ExprError::new(self.tokens.get(self.at).map_or(self.end, |t| t.offset), message)
    }

    fn expect(&mut self, kind: Kind, what: Told) -> Parsed<()> {
        if self.take(&kind) { Ok(()) } else { Err(self.error(told!("{} is missing", "缺少{}。", what))) }
    }

    /// Operators from `level` up. One call per level that really occurs: precedence climbing.
    fn chain(&mut self, level: u8) -> Parsed<Expr> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(told!("the expression nests too deep", "公式的括号嵌套太深。")));
        }
        let mut left = self.operand()?;
        while let Some(op) = self.operator(level) {
            self.at += 1;
            // A chain of one precedence stays flat, so a long sum does not deepen the tree.
            let mut rest = vec![(op, self.chain(op.level() + 1)?)];
            while let Some(next) = self.operator(op.level()).filter(|n| n.level() == op.level()) {
                self.at += 1;
                rest.push((next, self.chain(next.level() + 1)?));
            }
            left = Expr::Chain(Box::new(left), rest);
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operator(&self, level: u8) -> Option<Op> {
        match self.peek() {
            Some(Kind::Op(op)) if op.level() >= level.max(1) => Some(*op),
            _ => None,
        }
    }

    fn operand(&mut self) -> Parsed<Expr> {
        if self.take(&Kind::Op(Op::Minus)) {
            return Ok(Expr::Negate(Box::new(self.chain(NEGATE_LEVEL)?)));
        }
        self.path()
    }

    fn path(&mut self) -> Parsed<Expr> {
        match self.peek() {
            Some(Kind::Slash) => {
                self.at += 1;
                let steps = if self.starts_step() { self.steps()? } else { Vec::new() };
                Ok(Expr::Path(Path { start: Start::Document, steps }))
            }
            Some(Kind::DoubleSlash) => {
                let steps = self.more_steps()?;
                Ok(Expr::Path(Path { start: Start::Document, steps }))
            }
            Some(Kind::Name(_)) if !self.is_call() => self.relative(),
            Some(Kind::Dot | Kind::DotDot | Kind::Star) => self.relative(),
            _ => self.filter(),
        }
    }

    fn relative(&mut self) -> Parsed<Expr> {
        Ok(Expr::Path(Path { start: Start::Here, steps: self.steps()? }))
    }

    /// A name followed by `(` is a function, except for node tests.
    fn is_call(&self) -> bool {
        match (self.peek(), self.peek_at(1)) {
            (Some(Kind::Name(n)), Some(Kind::Open)) => {
                !matches!(n.as_str(), "node" | "text" | "comment" | "processing-instruction")
            }
            _ => false,
        }
    }

    fn starts_step(&self) -> bool {
        matches!(self.peek(), Some(Kind::Name(_) | Kind::Star | Kind::Dot | Kind::DotDot))
    }

    fn filter(&mut self) -> Parsed<Expr> {
        let base = self.primary()?;
        let predicates = self.predicates()?;
        let steps = self.more_steps()?;
        match base {
            base if predicates.is_empty() && steps.is_empty() => Ok(base),
            Expr::Path(Path { start: Start::Current, steps: none }) if predicates.is_empty() && none.is_empty() => {
                Ok(Expr::Path(Path { start: Start::Current, steps }))
            }
            base if gives_nodes(&base) => Ok(Expr::Filter(Box::new(Filter { base, predicates, steps }))),
            _ => Err(self.error(told!("only nodes can be followed by [ or /", "只有问题或路径后面才能写 [ 或 /。"))),
        }
    }

    fn primary(&mut self) -> Parsed<Expr> {
        let Some(token) = self.tokens.get(self.at).cloned() else {
            return Err(self.error(told!("the expression ends too early", "公式没有写完。")));
        };
        match token.kind {
            Kind::Number(n) => self.literal(Expr::Number(n)),
            Kind::Text(t) => self.literal(Expr::Text(t.into())),
            Kind::Ref(name) => self.literal(Expr::Ref(name.into())),
            Kind::Open => {
                self.at += 1;
                let inner = self.chain(0)?;
                self.expect(Kind::Close, told!("“)”", "右括号“)”"))?;
                Ok(inner)
            }
            Kind::Name(name) => self.call(&name),
            _ => Err(self.error(told!("a value is missing here", "这里缺少一个值。"))),
        }
    }

    fn literal(&mut self, expr: Expr) -> Parsed<Expr> {
        self.at += 1;
        Ok(expr)
    }

    fn call(&mut self, name: &str) -> Parsed<Expr> {
        let Some(function) = functions::find(name) else {
            return Err(self.error(told!("the function {}() is not known", "不认识函数 {}()。", name)));
        };
        self.at += 1;
        self.expect(Kind::Open, told!("“(”", "左括号“(”"))?;
        let mut args = Vec::new();
        if !self.take(&Kind::Close) {
            loop {
                args.push(self.chain(0)?);
                if self.take(&Kind::Close) {
                    break;
                }
                self.expect(Kind::Comma, told!("“,” or “)”", "“,”或“)”"))?;
            }
        }
        if !function.accepts(args.len()) {
            return Err(self.error(told!(
                "{}() takes {}, not {}",
                "{}() 需要{}，这里写了 {} 个。",
                name,
                function.takes(),
                args.len()
            )));
        }
        if function.name == "current" {
            return Ok(Expr::Path(Path { start: Start::Current, steps: Vec::new() }));
        }
        Ok(Expr::Call(function, args))
    }

    fn predicates(&mut self) -> Parsed<Vec<Expr>> {
        let mut out = Vec::new();
        while self.take(&Kind::OpenBracket) {
            out.push(self.chain(0)?);
            self.expect(Kind::CloseBracket, told!("“]”", "右方括号“]”"))?;
        }
        Ok(out)
    }

    fn steps(&mut self) -> Parsed<Vec<Step>> {
        let mut out = vec![self.step()?];
        out.extend(self.more_steps()?);
        Ok(out)
    }

    fn more_steps(&mut self) -> Parsed<Vec<Step>> {
        let mut out = Vec::new();
        loop {
            if self.take(&Kind::DoubleSlash) {
                out.push(Step { axis: Axis::DescendantOrSelf, test: Test::Node, predicates: Vec::new() });
            } else if !self.take(&Kind::Slash) {
                return Ok(out);
            }
            out.push(self.step()?);
        }
    }

    fn step(&mut self) -> Parsed<Step> {
        let short = match self.peek() {
            Some(Kind::Dot) => Some(Axis::Itself),
            Some(Kind::DotDot) => Some(Axis::Parent),
            _ => None,
        };
        if let Some(axis) = short {
            self.at += 1;
            let predicates = self.predicates()?;
            return Ok(Step { axis, test: Test::Node, predicates });
        }
        let axis = self.axis()?;
        let test = self.test()?;
        let predicates = self.predicates()?;
        Ok(Step { axis, test, predicates })
    }

    fn axis(&mut self) -> Parsed<Axis> {
        let (Some(Kind::Name(name)), Some(Kind::Axis)) = (self.peek(), self.peek_at(1)) else {
            return Ok(Axis::Child);
        };
        match Axis::ALL.iter().find(|(_, n)| *n == name.as_str()) {
            Some((axis, _)) => {
                self.at += 2;
                Ok(*axis)
            }
            None => Err(self.error(told!("the axis {}:: is not supported", "不支持路径写法 {}::。", name))),
        }
    }

    fn test(&mut self) -> Parsed<Test> {
        match self.peek().cloned() {
            Some(Kind::Star) => {
                self.at += 1;
                Ok(Test::Any)
            }
            Some(Kind::Name(name)) if self.peek_at(1) == Some(&Kind::Open) => {
                if name != "node" {
                    return Err(self.error(told!("{}() is not supported in a path", "路径中不能用 {}()。", name)));
                }
                self.at += 2;
                self.expect(Kind::Close, told!("“)”", "右括号“)”"))?;
                Ok(Test::Node)
            }
            Some(Kind::Name(name)) => {
                self.at += 1;
                Ok(Test::Name(name.into()))
            }
            _ => Err(self.error(told!("a name is missing in the path", "路径中缺少名称。"))),
        }
    }
}

fn gives_nodes(expr: &Expr) -> bool {
    match expr {
        Expr::Ref(_) | Expr::Path(_) | Expr::Filter(_) | Expr::Place(_) => true,
        Expr::Call(f, _) => f.gives_nodes(),
        Expr::Chain(_, rest) => rest.iter().all(|(op, _)| *op == Op::Union),
        Expr::Number(_) | Expr::Text(_) | Expr::Negate(_) => false,
    }
}
