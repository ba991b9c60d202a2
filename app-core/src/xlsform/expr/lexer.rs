//! Text → tokens, with XPath's rule for `*`, `and`, `or`, `div`, `mod`: operators only after an operand.

use super::ExprError;
use super::ast::Op;
use crate::told;
use crate::xlsform::num::Num;

/// A token and where it begins (in characters).
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    pub kind: Kind,
    pub offset: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Number(Num),
    Text(String),
    Name(String),
    Ref(String),
    Op(Op),
    Star,
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    Comma,
    Slash,
    DoubleSlash,
    Dot,
    DotDot,
    Axis,
}

/// Longest expression accepted, in characters.
pub const MAX_LENGTH: usize = 32_768;

pub fn lex(text: &str) -> Result<Vec<Token>, ExprError> {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() > MAX_LENGTH {
        return Err(ExprError::new(
            0,
            told!("the expression is longer than {} characters", "公式超过 {} 个字符。", MAX_LENGTH),
        ));
    }
    let mut lexer = Lexer { chars: &chars, at: 0, out: Vec::new() };
    while lexer.next()? {}
    Ok(lexer.out)
}

struct Lexer<'a> {
    chars: &'a [char],
    at: usize,
    out: Vec<Token>,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at.checked_add(ahead)?).copied()
    }

    fn push(&mut self, kind: Kind, length: usize) {
        self.out.push(Token { kind, offset: self.at });
        self.at += length;
    }

    /// Whether the last token ends an operand, so that a name or `*` must be an operator.
    fn after_operand(&self) -> bool {
        use Kind::*;
        matches!(
            self.out.last().map(|t| &t.kind),
            Some(Number(_) | Text(_) | Name(_) | Ref(_) | Star | Close | CloseBracket | Dot | DotDot)
        )
    }

    fn next(&mut self) -> Result<bool, ExprError> {
        let Some(c) = self.peek(0) else { return Ok(false) };
        let two = self.peek(1);
        match c {
            _ if c.is_whitespace() => self.at += 1,
            '(' => self.push(Kind::Open, 1),
            ')' => self.push(Kind::Close, 1),
            '[' => self.push(Kind::OpenBracket, 1),
            ']' => self.push(Kind::CloseBracket, 1),
            ',' => self.push(Kind::Comma, 1),
            '|' => self.push(Kind::Op(Op::Union), 1),
            '+' => self.push(Kind::Op(Op::Plus), 1),
            '-' => self.push(Kind::Op(Op::Minus), 1),
            '=' => self.push(Kind::Op(Op::Eq), 1),
            '!' if two == Some('=') => self.push(Kind::Op(Op::Ne), 2),
            '<' if two == Some('=') => self.push(Kind::Op(Op::Le), 2),
            '<' => self.push(Kind::Op(Op::Lt), 1),
            '>' if two == Some('=') => self.push(Kind::Op(Op::Ge), 2),
            '>' => self.push(Kind::Op(Op::Gt), 1),
            '/' if two == Some('/') => self.push(Kind::DoubleSlash, 2),
            '/' => self.push(Kind::Slash, 1),
            ':' if two == Some(':') => self.push(Kind::Axis, 2),
            '*' if self.after_operand() => self.push(Kind::Op(Op::Times), 1),
            '*' => self.push(Kind::Star, 1),
            '"' | '\'' => self.text(c)?,
            '$' if two == Some('{') => self.reference()?,
            '0'..='9' => self.number()?,
            '.' if two.is_some_and(|d| d.is_ascii_digit()) => self.number()?,
            '.' if two == Some('.') => self.push(Kind::DotDot, 2),
            '.' => self.push(Kind::Dot, 1),
            _ if is_name_start(c) => self.name(),
            '@' => {
                return Err(ExprError::new(
                    self.at,
                    told!("attributes (@…) are not part of a form's data", "表单数据没有属性（@…）。"),
                ));
            }
            _ => return Err(ExprError::new(self.at, told!("“{}” is not expected here", "这里不应出现“{}”。", c))),
        }
        Ok(true)
    }

    fn text(&mut self, quote: char) -> Result<(), ExprError> {
        let rest = self.chars.get(self.at + 1..).unwrap_or_default();
        let Some(end) = rest.iter().position(|c| *c == quote) else {
            return Err(ExprError::new(self.at, told!("a quotation mark is not closed", "引号没有成对。")));
        };
        let text = rest.iter().take(end).collect();
        self.push(Kind::Text(text), end + 2);
        Ok(())
    }

    fn reference(&mut self) -> Result<(), ExprError> {
        let rest = self.chars.get(self.at + 2..).unwrap_or_default();
        let Some(end) = rest.iter().position(|c| *c == '}') else {
            return Err(ExprError::new(self.at, told!("${ is not closed by }", "${ 后面缺少 }。")));
        };
        let name: String = rest.iter().take(end).collect();
        if !is_name(name.strip_prefix("last-saved#").unwrap_or(&name)) {
            return Err(ExprError::new(
                self.at,
                told!("“${{{}}}” does not hold a question's name", "“${{{}}}”里写的不是问题的名称。", name),
            ));
        }
        self.push(Kind::Ref(name), end + 3);
        Ok(())
    }

    fn number(&mut self) -> Result<(), ExprError> {
        let mut length = 0;
        let mut dots = 0;
        while let Some(c) = self.peek(length) {
            match c {
                '0'..='9' => {}
                '.' if dots == 0 => dots = 1,
                _ => break,
            }
            length += 1;
        }
        let text: String = self.chars.iter().skip(self.at).take(length).collect();
        // Hundreds of digits are a slip, and what they overflow to has no way to be written down again.
        let Some(number) = Num::parse(&text).filter(|n| n.is_finite()) else {
            return Err(ExprError::new(self.at, told!("the number is too large", "数字太大。")));
        };
        self.push(Kind::Number(number), length);
        Ok(())
    }

    fn name(&mut self) {
        let mut length = 0;
        while let Some(c) = self.peek(length) {
            let colon = c == ':' && self.peek(length + 1).is_some_and(is_name_start) && length > 0;
            if !(is_name_char(c) || colon) {
                break;
            }
            length += 1;
        }
        let text: String = self.chars.iter().skip(self.at).take(length).collect();
        let kind = match text.as_str() {
            "and" if self.after_operand() => Kind::Op(Op::And),
            "or" if self.after_operand() => Kind::Op(Op::Or),
            "div" if self.after_operand() => Kind::Op(Op::Div),
            "mod" if self.after_operand() => Kind::Op(Op::Mod),
            _ => Kind::Name(text),
        };
        self.push(kind, length);
    }
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{b7}')
}

/// Whether a text may name a question.
pub fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(is_name_start) && chars.all(|c| is_name_char(c) || c == ':')
}
