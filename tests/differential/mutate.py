"""Changes to a model, one or a few at a time: such that keep its meaning when read rightly, such that change it, and
such that make it contradict itself. Every function takes the model and changes it in place."""

import onnx
from wire import BYTES, FIXED32, FIXED64, VARINT, Field, Message, float32, signed

NAME_FIELDS = {"graph": ["name"], "node": ["input", "output", "name", "op_type", "domain"], "attribute": ["name"],
               "tensor": ["name"], "value_info": ["name"], "opset": ["domain"], "dimension": ["dim_param"],
               "function": ["name", "domain", "input", "output"]}
OPERATORS = ["Abs", "Add", "Clip", "Concat", "Div", "Dropout", "Flatten", "Gemm", "Identity", "LeakyRelu", "MatMul", "Max",
             "Min", "Mul", "Neg", "PRelu", "Relu", "Reshape", "Squeeze", "Sub", "Transpose", "Unsqueeze", "Sigmoid", "Shape",
             "Sum", "Cast", "ReduceSum", "Gather"]
ATTRIBUTES = [("axis", 0), ("axis", -1), ("alpha", 0.5), ("beta", 2.0), ("transA", 1), ("transB", 1), ("perm", [1, 0]),
              ("axes", [0]), ("min", 0.0), ("max", 0.5), ("allowzero", 1), ("ratio", 0.5), ("epsilon", 0.5), ("spatial", 0),
              ("training_mode", 1), ("broadcast", 1), ("consumed_inputs", [0]), ("is_test", 1), ("value_float", 1.0)]
WHOLE = [-2, -1, 0, 1, 2, 3, 7, 1 << 31, 1 << 32, (1 << 62) + 1, (1 << 63) - 1, -(1 << 63)]
NUMBERS = [0.0, -1.0, 1e-30, 1e30, 3e38, float("inf"), float("nan")]


def parts(model, kinds):
    return [part for part in model.walk() if part.kind in kinds]


def fields_of(model, fits):
    """Pairs of a message and a field of it that fits."""
    return [(part, field) for part in model.walk() for field in part.fields if fits(part, field)]


def is_name(part, field):
    numbers = [onnx.NUMBERS[part.kind][name] for name in NAME_FIELDS.get(part.kind, [])]
    return field.number in numbers and isinstance(field.value, bytes)


def value_names(model):
    """All names of values: outputs of nodes, inputs, initialisers."""
    return sorted({field.value for _, field in fields_of(model, is_name)})


# --- names ---------------------------------------------------------------------------------------------------


def odd_name(random, name, model):
    """With a byte 0, which ends a string in C, in front, inside or behind; or empty, or one that is taken."""
    return random.choice([b"\0" + name, b"\0", name + b"\0", name + b"\0x", name[:1] + b"\0" + name[1:], b"", b" ",
                          name[:-1], name.upper(), b"\xff\xfe", random.choice(value_names(model) or [b"x"])])


def rename_once(random, model):
    part, field = random.choice(fields_of(model, is_name))
    field.value = odd_name(random, field.value, model)


def rename_everywhere(random, model):
    """The same name wherever it stands: the model means the same, unless the new one has a meaning of its own."""
    found = fields_of(model, is_name)
    name = random.choice(found)[1].value
    new = odd_name(random, name, model)
    for _, field in found:
        if field.value == name:
            field.value = new


def change_operator(random, model):
    node = random.choice(parts(model, ["node"]))
    for field in onnx.fields(node, "op_type"):
        field.value = random.choice(OPERATORS).encode()


def change_domain(random, model):
    part = random.choice(parts(model, ["node", "opset"]))
    domain = random.choice([b"", b"ai.onnx", b"ai.onnx.ml", b"\0", b"\0f", b"ai.onnx\0", b"com.microsoft", b"f"])
    part.fields = [field for field in part.fields if field.number != onnx.NUMBERS[part.kind]["domain"]]
    part.fields.append(onnx.field(part.kind, "domain", domain))


def own_function(random, model):
    """A node's operator becomes a function of the model, with another body, in a domain of its own or in ONNX's."""
    node = random.choice(parts(model, ["node"]))
    domain = random.choice(["f", "\0f", "", "ai.onnx", "\0"])
    name = onnx.value(node, "op_type", b"Relu")
    body = onnx.node(random.choice(["Neg", "Identity", "Relu"]), ["a"], ["b"])
    arguments = ["a"] + ["a%d" % i for i in range(1, len(onnx.values(node, "input")))]
    made = onnx.make("function", name=name, input=arguments, output=["b"], node=[body], domain=domain,
                     opset_import=[onnx.make("opset", domain="", version=opset(model))])
    model.fields.append(onnx.field("model", "functions", made))
    if random.random() < 0.8:
        node.fields = [f for f in node.fields if f.number != onnx.NUMBERS["node"]["domain"]]
        node.fields.append(onnx.field("node", "domain", domain))
    if random.random() < 0.8:
        model.fields.append(onnx.field("model", "opset_import", onnx.make("opset", domain=domain, version=1)))


def opset(model):
    return signed(next((onnx.value(s, "version", 13) for s in onnx.values(model, "opset_import")), 13))


# --- numbers -------------------------------------------------------------------------------------------------


def change_version(random, model):
    part = random.choice(parts(model, ["opset"]))
    for field in onnx.fields(part, "version"):
        field.value = random.choice([field.value + 1, field.value - 1, random.randint(1, 26), random.choice(WHOLE)]) % (1 << 64)


def second_version(random, model):
    """Another import of operators, in front or behind."""
    extra = onnx.make("opset", domain=random.choice([None, "", "ai.onnx", "\0", "x"]), version=random.randint(6, 22))
    model.fields.insert(random.choice([0, len(model.fields)]), onnx.field("model", "opset_import", extra))


def change_whole_number(random, model):
    _, field = random.choice(fields_of(model, lambda part, field: field.wire == VARINT))
    old = signed(field.value)
    field.value = random.choice([old + 1, old - 1, -old, 2 * old, random.choice(WHOLE)]) % (1 << 64)


def change_float(random, model):
    """A float of an attribute, or four bytes of a tensor."""
    _, field = random.choice(fields_of(model, lambda part, field: field.wire == FIXED32 or is_data(part, field)))
    at = random.choice(range(0, len(field.value) // 4 * 4, 4))
    new = float32(random.choice([random.uniform(-3, 3), random.choice(NUMBERS)]))
    field.value = field.value[:at] + new + field.value[at + 4 :]


def is_data(part, field):
    """Whether the field holds a tensor's elements, as bytes."""
    return part.kind == "tensor" and field.number in (4, 5, 7, 9, 10) and isinstance(field.value, bytes)


# --- wiring --------------------------------------------------------------------------------------------------


def swap_inputs(random, model):
    nodes = [node for node in parts(model, ["node"]) if len(onnx.fields(node, "input")) > 1]
    a, b = random.sample(onnx.fields(random.choice(nodes), "input"), 2)
    a.value, b.value = b.value, a.value


def rewire(random, model):
    """An input reads another value, or nothing; or one more input, or one less."""
    node = random.choice(parts(model, ["node"]))
    inputs = onnx.fields(node, "input")
    name = random.choice([b"", random.choice(value_names(model) or [b"x"])])
    if inputs and random.random() < 0.5:
        random.choice(inputs).value = name
    elif inputs and random.random() < 0.5:
        node.fields.remove(inputs[-1])
    else:
        node.fields.append(onnx.field("node", "input", name))


def change_graph_output(random, model):
    graph = random.choice(parts(model, ["graph"]))
    names = [name for node in onnx.values(graph, "node") for name in onnx.values(node, "output")]
    for field in onnx.fields(random.choice(onnx.values(graph, "output")), "name"):
        field.value = random.choice(names)


def extra_attribute(random, model):
    node = random.choice(parts(model, ["node"]))
    node.fields.append(onnx.field("node", "attribute", onnx.attribute(*random.choice(ATTRIBUTES))))


def declared_type(random, model):
    """What is declared of an input or output: its shape, its type, or nothing."""
    for part in random.choice(parts(model, ["value_info"])).walk():
        if part.kind == "shape":
            dims = part.fields
            choice = random.randrange(4)
            if choice == 0 and dims:
                dims.pop(random.randrange(len(dims)))
            elif choice == 1:
                dims.insert(0, onnx.field("shape", "dim", onnx.make("dimension", dim_value=random.randint(0, 3))))
            elif choice == 2:
                dims.append(onnx.field("shape", "dim", onnx.make("dimension", dim_param="N")))
        if part.kind == "tensor_type" and random.random() < 0.3:
            for field in onnx.fields(part, "elem_type"):
                field.value = random.choice([1, 6, 7, 9, 10, 11])


# --- data ----------------------------------------------------------------------------------------------------


def data_twice(random, model):
    """Elements in a second field, maybe an empty one; or none at all; or the type of the elements changes."""
    tensor = random.choice(parts(model, ["tensor"]))
    held = [field for field in tensor.fields if field.number in (4, 5, 7, 9, 10)]
    choice = random.randrange(6)
    if choice == 0:
        tensor.fields.append(onnx.field("tensor", "raw_data", b""))
    elif choice == 1:
        tensor.fields.append(Field(random.choice([4, 10, 9, 7, 5]), BYTES, bytes(random.choice([0, 4, 8, 16]))))
    elif choice == 2 and held:
        tensor.fields.remove(random.choice(held))
    elif choice == 3 and held and isinstance(held[0].value, bytes):
        held[0].value += held[0].value[:4]
    elif choice == 4 and held and held[0].wire == BYTES:
        tensor.fields.append(held[0].copy())
    else:
        for field in onnx.fields(tensor, "data_type"):
            field.value = random.choice([1, 2, 6, 7, 9, 10, 11])


# --- fields --------------------------------------------------------------------------------------------------


def any_field(random, model):
    message = random.choice([part for part in model.walk() if part.fields])
    return message, random.randrange(len(message.fields))


def drop_field(random, model):
    message, at = any_field(random, model)
    del message.fields[at]


def double_field(random, model):
    """Twice the same, next to each other or at the end; maybe the second one changed."""
    message, at = any_field(random, model)
    copy = message.fields[at].copy()
    message.fields.insert(random.choice([at, len(message.fields)]), copy)
    if isinstance(copy.value, Message) and random.random() < 0.6:
        change = random.choice([rename_once, change_whole_number, change_float, drop_field])
        change(random, Message(None, [copy]))


def move_field(random, model):
    message, at = any_field(random, model)
    field = message.fields.pop(at)
    message.fields.insert(random.randint(0, len(message.fields)), field)


def swap_fields(random, model):
    """Two fields of one message change places, numbers kept: values end up under other names."""
    message, at = any_field(random, model)
    other = random.choice(message.fields)
    field = message.fields[at]
    if field.wire == other.wire and isinstance(field.value, Message) == isinstance(other.value, Message):
        field.value, other.value = other.value, field.value


def foreign_field(random, model):
    """A field that the format does not know, or one that it has with another number or wire type."""
    message, at = any_field(random, model)
    wire, value = random.choice([(VARINT, 1), (FIXED32, bytes(4)), (FIXED64, bytes(8)), (BYTES, b""), (BYTES, b"\x01")])
    number = random.choice([message.fields[at].number, random.randint(1, 30), 1000])
    message.fields.insert(at, Field(number, wire, value))


ALL = [rename_once, rename_once, rename_everywhere, rename_everywhere, change_operator, change_domain, own_function,
       change_version, second_version, change_whole_number, change_whole_number, change_float, swap_inputs, rewire, rewire,
       change_graph_output, extra_attribute, declared_type, declared_type, data_twice, data_twice, drop_field, double_field,
       move_field, swap_fields, foreign_field]


def change(random, model):
    """Makes one change or a few. One that finds nothing to change raises IndexError, and then nothing happens."""
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        try:
            random.choice(ALL)(random, model)
        except IndexError:
            pass


def change_bytes(random, data):
    """The bytes of a model, with a few of them changed, gone, doubled or new."""
    data = bytearray(data)
    for _ in range(random.choice([1, 1, 1, 2, 4])):
        at = random.randrange(len(data) + 1)
        choice = random.randrange(5)
        if choice == 0:
            data[at : at + 1] = bytes([random.randrange(256)])
        elif choice == 1 and at < len(data):
            data[at] ^= 1 << random.randrange(8)
        elif choice == 2:
            del data[at : at + random.choice([1, 1, 2, 8])]
        elif choice == 3:
            data[at:at] = data[at : at + random.choice([1, 2, 8, 32])]
        else:
            data[at:at] = bytes([random.choice([0, 1, 8, 10, 18, 127, 128, 255])])
    return bytes(data)
