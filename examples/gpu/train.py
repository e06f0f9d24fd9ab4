"""Trains a small convolutional network on synthetic pictures, on the GPU that Longshore has given to this job.

Each picture is noise with one bright bar; the class is the bar's direction. Nothing is downloaded.
"""

import argparse
import os
import sys

CLASSES = 4
SIDE = 32

try:
    import torch
    from torch import nn
except ImportError:
    sys.exit("train.py needs PyTorch, and this Python has none. Install it as https://pytorch.org says for your GPU.")


def main() -> None:
    options = parse_options()
    device = choose_device(options.cpu)
    torch.set_num_threads(int(float(os.environ.get("LONGSHORE_THREADS", "1")) + 0.999))
    torch.manual_seed(options.seed)
    train, test = make_pictures(8192, device), make_pictures(2048, device)
    model = build_model(options.width).to(device)
    fit(model, train, options)
    accuracy = evaluate(model, test)
    tell(f"accuracy={accuracy:.4f}")
    tell(f"peakGpuRamGb={peak_ram_gb(device):.3f}")
    print(f"width {options.width}, rate {options.rate}: accuracy {accuracy:.4f} on {device}")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=16, help="channels of the first layer")
    parser.add_argument("--rate", type=float, default=1e-3, help="learning rate")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cpu", action="store_true", help="train on the CPU, slowly, to try the script without a GPU")
    return parser.parse_args()


def choose_device(cpu: bool) -> "torch.device":
    if cpu:
        return torch.device("cpu")
    if not torch.cuda.is_available():
        visible = os.environ.get("CUDA_VISIBLE_DEVICES", "not set")
        sys.exit(f"PyTorch sees no CUDA device (CUDA_VISIBLE_DEVICES: {visible!r}). --cpu trains without one.")
    return torch.device("cuda", 0)  # the job's own GPU is always number 0 to it


def make_pictures(count: int, device: "torch.device") -> "tuple[torch.Tensor, torch.Tensor]":
    labels = torch.randint(CLASSES, (count,))
    angles = labels * torch.pi / CLASSES + 0.15 * torch.randn(count)
    offsets = 4 * torch.randn(count)
    axis = torch.arange(SIDE) - (SIDE - 1) / 2
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    distance = x * torch.sin(angles)[:, None, None] + y * torch.cos(angles)[:, None, None] - offsets[:, None, None]
    pictures = torch.exp(-(distance**2) / 2) + 0.7 * torch.randn(count, SIDE, SIDE)
    return pictures[:, None].to(device), labels.to(device)


def build_model(width: int) -> "nn.Module":
    return nn.Sequential(
        nn.Conv2d(1, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(width, 2 * width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(2 * width * (SIDE // 4) ** 2, CLASSES),
    )  # fmt: skip


def fit(model: "nn.Module", data: "tuple[torch.Tensor, torch.Tensor]", options: argparse.Namespace) -> None:
    optimiser = torch.optim.Adam(model.parameters(), lr=options.rate)
    pictures, labels = data
    for epoch in range(options.epochs):
        for batch in torch.randperm(len(labels), device=labels.device).split(128):
            optimiser.zero_grad()
            nn.functional.cross_entropy(model(pictures[batch]), labels[batch]).backward()
            optimiser.step()
        tell(f"progress={(epoch + 1) / options.epochs:.3f}")


@torch.no_grad()
def evaluate(model: "nn.Module", data: "tuple[torch.Tensor, torch.Tensor]") -> float:
    pictures, labels = data
    predicted = torch.cat([model(part).argmax(1) for part in pictures.split(512)])
    return (predicted == labels).float().mean().item()


def peak_ram_gb(device: "torch.device") -> float:
    return torch.cuda.max_memory_allocated(device) / 2**30 if device.type == "cuda" else 0.0


def tell(line: str) -> None:
    """Tells Longshore a result or the progress; outside of a job it does nothing."""
    path = os.environ.get("LONGSHORE_OUTPUT")
    if path:
        with open(path, "a", encoding="utf-8") as output:
            print(line, file=output)


if __name__ == "__main__":
    main()
