"""What a case is, and how it ends."""

import importlib
import shutil


class Failed(Exception):
    """The product did not do what it must."""


class Skipped(Exception):
    """The case cannot be tried on this machine."""


CASES = []


def case(name):
    """Registers a function of the running service as a case, in the order of the files.

    It may return in words what it saw.
    """

    def register(function):
        CASES.append((name, function))
        return function

    return register


def package(module, name=None):
    """The module of a Python package, or a skip that names the package."""
    try:
        return importlib.import_module(module)
    except ImportError as e:
        raise Skipped(f"{name or module} is not installed") from e


def program(name):
    """The path of a program, or a skip that names it."""
    path = shutil.which(name)
    if path is None:
        raise Skipped(f"{name} is not installed")
    return path


def expect(holds, what):
    if not holds:
        raise Failed(what)


def expect_nothing(wrong):
    """Fails with all that is wrong at once."""
    if wrong:
        raise Failed("; ".join(wrong))
