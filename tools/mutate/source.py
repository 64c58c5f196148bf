"""Mutants of a C source file: small changes of its function bodies, one at a time.

A file is read as tokens. Comments, strings, preprocessor lines, static assertions, type definitions and declarations outside of
functions are left as they are; so are calls that only set an error's text or release memory."""

import re
from collections import namedtuple

# begin, end: what of the text is replaced; line, before, after: for the reader.
Mutant = namedtuple("Mutant", "file kind begin end text line before after")

TOKEN = re.compile(
    r"""(?P<skip>\s+|/\*.*?\*/|//[^\n]*|^[ \t]*\#(?:\\\n|[^\n])*)
      | (?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
      | (?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
      | (?P<name>[A-Za-z_]\w*)
      | (?P<sign>->|\+\+|--|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)""",
    re.X | re.S | re.M,
)
Token = namedtuple("Token", "kind text begin end")

RELATIONS = {"<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="], "!=": ["=="]}
LOGIC = {"&&": "||", "||": "&&"}
SUMS = {"+": "-", "-": "+", "+=": "-=", "-=": "+=", "++": "--", "--": "++"}
# Parts of names that are exchanged for one another; a name that nothing declares does not compile, and does not count.
ENDS = [("lower", "upper"), ("lo", "hi"), ("low", "high"), ("left", "right"), ("least", "most"), ("first", "last"), ("down", "up")]
CHOICES = [("max", "min")]
ROUNDINGS = [("fdiv", "cdiv"), ("RNDD", "RNDU"), ("floor", "ceil")]
QUIET = re.compile(r"error_set$|error_move$|error_print$|free$|_clears?$|_release$|assert$|printf$|f?puts$|_Static_assert$|^sizeof$")
# After these tokens + and - are signs, not sums, and a name begins a statement rather than going on with one.
OPERATORS = set("( [ , ; { } = < > <= >= == != && || + - * / % & | ^ ! ~ ? : << >> += -= *= /= |= &= return case".split())
KEYWORDS = set("if else for while do switch case default return break continue goto sizeof struct enum union typedef static const".split())


def read_tokens(text):
    tokens = []
    for match in TOKEN.finditer(text):
        if match.lastgroup != "skip":
            tokens.append(Token(match.lastgroup, match.group(), match.start(), match.end()))
    return tokens


def partners(tokens):
    """For every bracket the index of its partner."""
    pair, open_brackets = {}, []
    for k, token in enumerate(tokens):
        if token.kind == "sign" and token.text in "([{":
            open_brackets.append(k)
        elif token.kind == "sign" and token.text in ")]}":
            pair[k] = open_brackets.pop()
            pair[pair[k]] = k
    return pair


def bodies(tokens, pair):
    """The ranges of tokens of function bodies: braces after a closing parenthesis at file level."""
    k = 0
    while k < len(tokens):
        if tokens[k].text == "{" and tokens[k].kind == "sign":
            if tokens[k - 1].text == ")":
                yield k + 1, pair[k]
            k = pair[k]
        k += 1


class Source:
    def __init__(self, file):
        self.file = file
        with open(file, encoding="utf-8") as stream:
            self.text = stream.read()
        self.tokens = read_tokens(self.text)
        self.pair = partners(self.tokens)
        self.parenthesised = {k for k, last in self.pair.items() if self.tokens[k].text == "(" for k in range(k + 1, last)}
        self.found = []

    def add(self, kind, first, last, replacement):
        """A mutant that replaces the tokens `first` to `last`."""
        begin, end = self.tokens[first].begin, self.tokens[last].end
        start = self.text.rfind("\n", 0, begin) + 1
        stop = self.text.find("\n", end)
        before = " ".join(self.text[start:stop].split())
        after = " ".join((self.text[start:begin] + replacement + self.text[end:stop]).split())
        line = self.text.count("\n", 0, begin) + 1
        self.found.append(Mutant(self.file, kind, begin, end, replacement, line, before, after))

    def span(self, first, last):
        return self.text[self.tokens[first].begin : self.tokens[last].end]

    def mutants(self):
        for begin, end in bodies(self.tokens, self.pair):
            for k in self.unquoted(begin, end):
                self.mutate_token(k)
                self.mutate_condition(k)
                self.mutate_statement(k)
                self.mutate_shift(k)
        return self.found

    def unquoted(self, begin, end):
        """The tokens of a body but for quiet calls, with their arguments."""
        k = begin
        while k < end:
            token = self.tokens[k]
            if token.kind == "name" and QUIET.search(token.text) and self.tokens[k + 1].text == "(":
                k = self.pair[k + 1]
            elif token.text == "sizeof":
                while self.tokens[k + 1].text not in (")", ",", ";"):
                    k += 1
            else:
                yield k
            k += 1

    def mutate_token(self, k):
        token, earlier = self.tokens[k], self.tokens[k - 1].text
        text = token.text
        if token.kind == "sign":
            for other in RELATIONS.get(text, []):
                self.add("relation", k, k, other)
            if text in LOGIC:
                self.add("logic", k, k, LOGIC[text])
            if text in ("++", "--") or text in SUMS and earlier not in OPERATORS and not self.ends_cast(k - 1):
                self.add("sum", k, k, SUMS[text])
        elif token.kind == "number":
            self.mutate_number(k, earlier)
        elif token.kind == "name":
            self.mutate_name(k, text)

    def mutate_number(self, k, earlier):
        text = self.tokens[k].text
        if earlier == "[" and self.tokens[k + 1].text == "]" and text in "01":
            self.add("index", k, k, "1" if text == "0" else "0")
        elif text.isdigit():
            self.add("constant", k, k, str(int(text) + 1))
            if text != "0":
                self.add("constant", k, k, str(int(text) - 1))

    def mutate_name(self, k, text):
        for kind, exchanges in (("ends", ENDS), ("choice", CHOICES), ("rounding", ROUNDINGS)):
            for exchange in exchanges:
                for one, other in (exchange, exchange[::-1]):
                    changed = re.sub(rf"(?<![A-Za-z]){one}(?![a-z])", other, text)
                    if changed != text:
                        self.add(kind, k, k, changed)
        if text == "larger" and self.tokens[k + 1].text == "(":
            self.mutate_larger(k)
        if text in ("true", "false"):
            self.add("truth", k, k, "false" if text == "true" else "true")

    def mutate_larger(self, k):
        """The smaller of two numbers is −max(−a, −b)."""
        comma = first = k + 2
        while self.tokens[comma].text != ",":
            comma = self.pair[comma] + 1 if self.tokens[comma].text in ("(", "[") else comma + 1
        last = self.pair[k + 1]
        self.add("choice", k, last, f"-larger(-({self.span(first, comma - 1)}), -({self.span(comma + 1, last - 1)}))")

    def mutate_condition(self, k):
        if self.tokens[k].text != "if" or self.tokens[k + 1].text != "(":
            return
        first, last = k + 1, self.pair[k + 1]
        condition = self.span(first, last)
        self.add("condition", first, last, f"(!{condition})")
        self.add("condition", first, last, f"(false && {condition})")
        self.add("condition", first, last, f"(true || {condition})")

    def mutate_statement(self, k):
        """A statement that is an assignment or a call is dropped."""
        token, earlier = self.tokens[k], self.tokens[k - 1]
        if earlier.text not in ("{", "}", ";", ")", "else") or token.text in KEYWORDS:
            return
        if earlier.text == ")" and self.tokens[self.pair[k - 1] - 1].text not in ("if", "for", "while"):
            return
        if k in self.parenthesised or not (token.kind == "name" or token.text == "*"):
            return
        if token.kind == "name" and self.tokens[k + 1].kind == "name" or self.tokens[k + 1].text in ("}", ",", ":"):
            return  # a declaration, an initialiser, a label
        last = k
        while self.tokens[last].text != ";":
            if self.tokens[last].text == "}":
                return
            last = self.pair[last] + 1 if self.tokens[last].text in ("(", "[", "{") else last + 1
        self.add("statement", k, last, ";")

    def mutate_shift(self, k):
        """a >> b rounds down, -(-a >> b) up; a cast binds more strongly than either."""
        if self.tokens[k].text != ">>" or self.tokens[k].kind != "sign":
            return
        first = k - 1
        while True:
            if self.tokens[first].text in ")]":
                first = self.pair[first]
            if self.tokens[first - 1].text in (".", "->"):
                first -= 2
            elif self.tokens[first].text in "([" and self.tokens[first - 1].kind == "name":
                first -= 1
            elif self.tokens[first - 1].text == ")" and self.ends_cast(first - 1):
                first -= 1
            else:
                break
        if [t.text for t in self.tokens[first - 3 : first]] == ["-", "(", "-"]:
            last = self.pair[first - 2]
            self.add("rounding", first - 3, last, f"({self.span(first, last)}")
        else:
            last = self.pair.get(k + 1, k + 1)
            while self.tokens[last + 1].text in (".", "->", "["):
                last = self.pair[last + 1] if self.tokens[last + 1].text == "[" else last + 2
            self.add("rounding", first, last, f"-(-{self.span(first, last)})")

    def ends_cast(self, k):
        """Whether a parenthesis closes a cast."""
        if self.tokens[k].text != ")":
            return False
        inside = [t.text for t in self.tokens[self.pair[k] + 1 : k]]
        return bool(re.fullmatch(r"(const )?(fix|fix_product|u?int\d+_t|size_t|int|long|double|char|unsigned( char| long)?)( \*)?", " ".join(inside)))


def mutants_of(file):
    return Source(file).mutants()
