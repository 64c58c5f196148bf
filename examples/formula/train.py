#!/usr/bin/python3
"""Trains the two example networks of this folder and exports them as ONNX.

Usage: examples/formula/train.py [FOLDER]     (default: this folder; needs Debian's python3-torch)

  mixture.onnx  1-50-50-50-1, trained on 1000 uniform samples of log(sin(50*x1)+2)+sin(5*x1) on [-1/2, 1/2]
  product.onnx  2-32-32-32-1, trained on 4000 uniform samples of sin(3*x1)*cos(2*x2)+x1*x2 on [-1, 1]^2

Seeds are fixed and the work is done by one thread, so that the same version of PyTorch on the same machine gives the same
networks. Prints what sampling says about the errors; what is true everywhere is for supcert to say.
"""
import os
import sys

import torch


def mixture(x):
    return torch.log(torch.sin(50 * x[:, :1]) + 2) + torch.sin(5 * x[:, :1])


def product(x):
    return torch.sin(3 * x[:, :1]) * torch.cos(2 * x[:, 1:]) + x[:, :1] * x[:, 1:]


def network(inputs, width, radius):
    """Three hidden layers; the kinks of the first one are spread over the box, or training would leave many of them outside."""
    layers, size = [], inputs
    for _ in range(3):
        layers += [torch.nn.Linear(size, width), torch.nn.ReLU()]
        size = width
    with torch.no_grad():
        first = layers[0]
        first.weight /= radius
        through = (2 * torch.rand(width, inputs) - 1) * radius
        first.bias.copy_(-(first.weight * through).sum(1))
    return torch.nn.Sequential(*layers, torch.nn.Linear(size, 1))


def fit(model, x, y, steps):
    """Adam on batches of 250 samples, with a rate that falls to zero."""
    adam = torch.optim.Adam(model.parameters(), lr=3e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, steps)
    for _ in range(steps):
        batch = torch.randint(len(x), (250,))
        adam.zero_grad()
        torch.nn.functional.mse_loss(model(x[batch]), y[batch]).backward()
        adam.step()
        schedule.step()


def report(name, model, target, inputs, radius, x, y):
    """Errors on the training samples, and at a million further random points, in double precision."""
    model = model.double()
    with torch.no_grad():
        seen = (model(x.double()) - target(x.double())).abs()
        points = (2 * torch.rand(1000000, inputs, dtype=torch.float64) - 1) * radius
        error = (model(points) - target(points)).abs().flatten()
    worst = error.argmax()
    where = ", ".join(f"{v:.6f}" for v in points[worst].tolist())
    print(f"{name}: on its samples at most {seen.max():.6f}; at a million random points {error.mean():.6f} on average, "
          f"at most {error.max():.6f}, at ({where})")
    model.float()


def train(name, target, inputs, width, radius, samples, steps, seed, folder):
    torch.manual_seed(seed)
    x = (2 * torch.rand(samples, inputs) - 1) * radius
    y = target(x)
    model = network(inputs, width, radius)
    fit(model, x, y, steps)
    report(name, model, target, inputs, radius, x, y)
    torch.onnx.export(model, torch.zeros(1, inputs), os.path.join(folder, name + ".onnx"), input_names=["x"],
                      output_names=["y"], opset_version=12)


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    torch.set_num_threads(1)
    train("mixture", mixture, 1, 50, 0.5, 1000, 60000, 1, folder)
    train("product", product, 2, 32, 1.0, 4000, 20000, 2, folder)


main()
