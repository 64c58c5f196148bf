"""A random ONNX graph in the making: which values there are, of which shapes, and how constants are stored. What is
added through operators.py is meant to be right, but for a slip now and then."""

from math import prod

import onnx

WORDS = 1 << 64  # int64 arithmetic is that of the numbers modulo this


class Value:
    """A value of the graph. `data` holds the elements of a constant of integers."""

    def __init__(self, name, element, shape, constant=False, data=None):
        self.name, self.element, self.shape = name, element, tuple(shape)
        self.constant, self.data = constant, data

    @property
    def rank(self):
        return len(self.shape)

    @property
    def count(self):
        return prod(self.shape)


class Graph:
    def __init__(self, random, opset, element):
        self.random, self.opset, self.element = random, opset, element
        self.nodes, self.initializers, self.also_inputs = [], [], []
        self.names = 0
        self.live = []  # float values that depend on the input

    # --- chance ----------------------------------------------------------------------------------------------

    def chance(self, probability):
        return self.random.random() < probability

    def slip(self):
        """Whether to do something that is not right."""
        return self.chance(0.015)

    def number(self):
        """Short numbers for the most part, so that float32 is nearly exact."""
        kind = self.random.random()
        if kind < 0.8:
            return self.random.randint(-16, 16) / 8
        if kind < 0.97:
            return self.random.uniform(-2, 2)
        return self.random.choice([0.0, 1.0, -1.0, 1e-3, 100.0])

    def axis(self, axis, rank):
        """The axis, or its name from the end; that is known since version 11."""
        negative = self.chance(0.4) if self.opset >= 11 else self.slip()
        return axis - rank if negative else axis

    # --- values ----------------------------------------------------------------------------------------------

    def new_name(self):
        self.names += 1
        return f"v{self.names}"

    def add_input(self, shape):
        value = Value("x", self.element, shape)
        self.live.append(value)
        return value

    def pick(self, fits=lambda value: True):
        """A value that fits, the latest for preference; None where there is none."""
        found = [value for value in self.live if fits(value)]
        if not found:
            return None
        return found[-1] if self.chance(0.6) else self.random.choice(found)

    def apply(self, op_type, inputs, shape, element=None, data=None, outputs=1, **attributes):
        """Adds a node; inputs that are None are left out. Returns its first output."""
        given = [value for value in inputs if value is not None]
        constant = all(value.constant for value in given)
        result = Value(self.new_name(), element or given[0].element, shape, constant, data)
        names = ["" if value is None else value.name for value in inputs]
        while names and names[-1] == "" and self.chance(0.7):
            names.pop()
        results = [result.name] + [self.new_name() for _ in range(outputs - 1)]
        domain = self.random.choice([None] * 8 + ["", "ai.onnx"])
        self.nodes.append(onnx.node(op_type, names, results, attributes, domain))
        if not constant and result.element == self.element:
            self.live.append(result)
        return result

    # --- constants -------------------------------------------------------------------------------------------

    def floats(self, shape, element=None):
        return self.constant(element or self.element, shape, [self.number() for _ in range(prod(shape))])

    def constant(self, element, shape, data):
        value = Value(self.new_name(), element, shape, True, data)
        if self.chance(0.3):
            self.constant_node(value, data)
        else:
            raw = self.chance(0.6)
            self.initializers.append(onnx.tensor(element, shape, data, value.name, raw))
            if self.chance(0.1):
                self.also_inputs.append(onnx.value_info(value.name, element, shape))
        return value

    def constant_node(self, value, data):
        """A Constant in one of the forms that its type and shape allow, some of which came with version 12."""
        single = {onnx.FLOAT: "value_float", onnx.INT64: "value_int"}.get(value.element)
        content = {"value": onnx.tensor(value.element, value.shape, data, raw=self.chance(0.5))}
        if single and (self.opset >= 12 or self.slip()) and self.chance(0.6):
            if value.rank == 0:
                content = {single: data[0]}
            elif value.rank == 1 and data:
                content = {single + "s": data}
        self.nodes.append(onnx.node("Constant", [], [value.name], content))

    def shape_constant(self, numbers):
        """A list of int64, stored or worked out."""
        numbers = [number if number < WORDS // 2 else number - WORDS for number in (n % WORDS for n in numbers)]
        if not self.chance(0.35):
            return self.constant(onnx.INT64, (len(numbers),), numbers)
        ways = [self.sum_of, self.product_of, self.quotient_of, self.joined_from, self.reshaped_from]
        return self.random.choice(ways)(numbers)

    def offsets(self, count):
        """Small numbers, or such that sums of them leave 64 bits."""
        bound = WORDS // 2 - 1 if self.chance(0.1) else 9
        return [self.random.randint(-bound, bound) for _ in range(count)]

    def sum_of(self, numbers):
        op_type, sign = self.random.choice([("Add", 1), ("Sub", -1)])
        right = self.offsets(len(numbers))
        left = self.shape_constant([number - sign * r for number, r in zip(numbers, right)])
        return self.apply(op_type, [left, self.constant(onnx.INT64, (len(right),), right)], left.shape, data=numbers)

    def product_of(self, numbers):
        """number = left · right modulo 2^64, for right odd; without wrapping, right is 1 or -1."""
        right = [self.random.choice([1, -1]) for _ in numbers]
        if self.chance(0.1):
            right = [2 * offset + 1 for offset in self.offsets(len(numbers))]
        left = self.shape_constant([number * pow(r, -1, WORDS) for number, r in zip(numbers, right)])
        op_type = "Div" if all(abs(r) == 1 for r in right) and self.chance(0.4) else "Mul"
        factors = [r - WORDS if r >= WORDS // 2 else r for r in (r % WORDS for r in right)]
        return self.apply(op_type, [left, self.constant(onnx.INT64, (len(right),), factors)], left.shape, data=numbers)

    def quotient_of(self, numbers):
        """number = p · q / d in 64 bits. For p = d = 2^62, q is exactly 4 more than what comes out when p · q wraps."""
        wraps = [number in (-1, 0, 1) and self.chance(0.5) for number in numbers]
        large = [1 << 62 if wrap else 1 for wrap in wraps]
        factors = [number + 4 * wrap for number, wrap in zip(numbers, wraps)]
        p, q, d = (self.constant(onnx.INT64, (len(numbers),), data) for data in (large, factors, large))
        return self.apply("Div", [self.apply("Mul", [p, q], p.shape), d], p.shape, data=numbers)

    def joined_from(self, numbers):
        if not numbers:
            return self.constant(onnx.INT64, (0,), numbers)
        cut = self.random.randint(0, len(numbers))
        parts = [self.shape_constant(part) for part in (numbers[:cut], numbers[cut:]) if part]
        return self.apply("Concat", parts, (len(numbers),), data=numbers, axis=0)

    def reshaped_from(self, numbers):
        one_row = self.constant(onnx.INT64, (1, len(numbers)), numbers)
        if self.opset < 13 and self.chance(0.5):
            return self.apply("Squeeze", [one_row], (len(numbers),), data=numbers, axes=[0])
        wanted = self.constant(onnx.INT64, (1,), [-1])
        return self.apply("Reshape", [one_row, wanted], (len(numbers),), data=numbers)

    # --- the model -------------------------------------------------------------------------------------------

    def model(self, inputs, outputs):
        """The whole model; inputs and outputs are value_info messages."""
        graph = onnx.make("graph", node=self.nodes, name="g", initializer=self.initializers,
                          input=inputs + self.also_inputs, output=outputs)
        domain = self.random.choice([None, None, "", "ai.onnx"])
        sets = [onnx.make("opset", domain=domain, version=self.opset)]
        if self.chance(0.05):
            sets.append(onnx.make("opset", domain="ai.onnx.ml", version=2))
        return onnx.make("model", ir_version=self.random.choice([3, 4, 6, 7, 8, 9, 10]), graph=graph, opset_import=sets)
