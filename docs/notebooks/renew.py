"""Run the notebooks and renew their outputs: ``python docs/notebooks/renew.py``; tests run them the same way.

A cell's last expression is shown as Jupyter shows it: as HTML where the value knows how, else as text. Nothing
beyond the standard library is needed, so that the notebooks run wherever Quandary does.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


def renewed(path: Path) -> dict[str, Any]:
    """Return the notebook with every code cell run in order and its outputs renewed; an error in a cell is raised."""
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    names: dict[str, Any] = {"__name__": "__main__"}
    count = 0
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            count += 1
            cell["execution_count"] = count
            cell["outputs"] = _outputs("".join(cell["source"]), f"{path.name}, cell {count}", names, count)
    return notebook


def _outputs(source: str, title: str, names: dict[str, Any], count: int) -> list[dict[str, Any]]:
    tree = ast.parse(source, title)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, title, "exec"), names)
        if last is not None:
            assert isinstance(last, ast.Expr)
            value = eval(compile(ast.Expression(last.value), title, "eval"), names)
    outputs: list[dict[str, Any]] = []
    if printed.getvalue():
        outputs.append({"name": "stdout", "output_type": "stream", "text": _lines(printed.getvalue())})
    if value is not None:
        data = {"text/plain": _lines(repr(value))}
        if hasattr(value, "_repr_html_"):
            data["text/html"] = _lines(value._repr_html_())
        result = {"data": data, "execution_count": count, "metadata": {}, "output_type": "execute_result"}
        outputs.append(result)
    return outputs


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def main() -> None:
    """Renew every notebook in this folder."""
    for path in sorted(FOLDER.glob("*.ipynb")):
        path.write_text(json.dumps(renewed(path), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
