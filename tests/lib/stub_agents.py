# SPDX-License-Identifier: MIT
"""What the stub model server says by default: "Hello." to strangers."""


def answer(asked):
    return "Hello."
