"""The tables of a directory that `troupe run` wrote, as pandas DataFrames.

    import troupe_results
    results = troupe_results.load("results/availability", time="h")
    results.measure("unavailability")    # estimates, intervals and models of one measure

Columns have the types that the manifest states, and all times, of parameters and of measures, have one unit. Nothing is
computed: estimates and intervals are those that `troupe run` wrote. Needs Python 3.9 and pandas 1.5 or later.
"""
import difflib
import json
import pathlib
from dataclasses import dataclass

import pandas as pd

# Length of each unit of time in ns. Another unit, such as "1/s", is not a time, and is left as it is.
_LENGTHS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "min": 6 * 10**10, "h": 36 * 10**11, "hours": 36 * 10**11,
            "days": 864 * 10**11}
_UNITS = [unit for unit in _LENGTHS if unit != "hours"]
_FIGURES = ["mean", "low", "high", "model"]


class ResultsError(Exception):
    """What is missing in a directory of results, and what was expected there."""


def _scaled(values, unit, time):
    if unit not in _LENGTHS or unit == time:
        return values
    length, other = _LENGTHS[unit], _LENGTHS[time]
    return values * (length // other) if length >= other else values / (other // length)


def _numbers(texts):
    # pandas.to_numeric may change the last bit of a number.
    return pd.Series([float(text) if text != "" else float("nan") for text in texts], index=texts.index, dtype="float64")


def _nearest(name, names):
    near = difflib.get_close_matches(name, names, 1)
    return f" Did you mean {near[0]}?" if near else f" It has {', '.join(names)}."


@dataclass(frozen=True)
class Results:
    """One directory. A table is read when it is asked for; every row has the parameters of its cell, then its own columns."""

    directory: pathlib.Path
    manifest: dict
    time: str

    @property
    def parameters(self):
        """Name to kind, unit as recorded, and help."""
        return self.manifest["columns"]["parameters"]

    @property
    def measures(self):
        """Name to unit as recorded, estimator, and help."""
        return self.manifest["columns"]["measures"]

    def unit(self, name):
        """The unit of a parameter, measure or series in these tables."""
        named = {**self.parameters, **self.measures, **self.manifest["columns"]["series"]}
        if name not in named:
            raise ResultsError(f"{self.directory} has no parameter, measure or series {name}.{_nearest(name, list(named))}")
        unit = named[name]["unit"]
        return self.time if unit in _LENGTHS else unit

    @property
    def cells(self):
        """One row for each cell: its parameters, the number of its replications, and whether it has converged."""
        fields = ["replications", "converged"]
        cells = [{**cell["parameters"], **{name: cell[name] for name in fields}} for cell in self.manifest["cells"]]
        frame = pd.DataFrame(cells, columns=[*self.parameters, *fields])
        return self._typed(frame, {name: name for name in self.parameters})

    @property
    def rows(self):
        """One row for each replication. A ratio has its parts, NAME.numerator and NAME.denominator; a series is a list."""
        powers = {"": 1, ".numerator": 1, ".event": 1, ".variance": 2}
        frame = self._table("rows.csv", ["replication"]).drop(columns="remarks")
        for name, measure in self.measures.items():
            columns = [column for column in frame if column == name or column.startswith(name + ".")]
            if not columns:
                raise ResultsError(f"{self.directory / 'rows.csv'} lacks the measure {name}, which its manifest promises.")
            for column in columns:
                frame[column] = _numbers(frame[column])
                for _ in range(powers.get(column[len(name):], 0)):
                    frame[column] = _scaled(frame[column], measure["unit"], self.time)
        for name, series in self.manifest["columns"]["series"].items():
            frame[name] = [self._observations(json.loads(text), series["unit"]) for text in frame[name]]
        return frame

    @property
    def summary(self):
        """One row for each cell and measure: mean, low, high (95%), model, ratio to the model, and whether it has converged."""
        wanted = ["measure", "unit", "replications", "converged", *_FIGURES, "ratio", "ratioLow", "ratioHigh", "outside"]
        frame = self._table("summary.csv", wanted)
        frame["converged"] = frame["converged"] == "true"
        frame["replications"] = frame["replications"].astype("int64")
        for name in [*_FIGURES, "ratio", "ratioLow", "ratioHigh"]:
            frame[name] = _numbers(frame[name])
        return self._in_time(frame, _FIGURES)

    def measure(self, name):
        """The estimates of one measure, a row for each cell, without the parameters that do not vary."""
        if name not in self.measures:
            raise ResultsError(f"{self.directory} has no measure {name}.{_nearest(name, list(self.measures))}")
        frame = self.summary
        frame = frame[frame["measure"] == name].drop(columns="measure").reset_index(drop=True)
        return frame.drop(columns=[one for one in self.parameters if frame[one].nunique() == 1])

    @property
    def series(self):
        """One row for each cell, series and place on its axis."""
        frame = self._table("series.csv", ["series", "unit", "along", "at", "replications", "mean", "low", "high"])
        frame["replications"] = frame["replications"].astype("int64")
        for name in ["at", "mean", "low", "high"]:
            frame[name] = _numbers(frame[name])
        axes = {name: series["along"]["unit"] for name, series in self.manifest["columns"]["series"].items()}
        for name, unit in axes.items():
            here = frame["series"] == name
            frame.loc[here, "at"] = _scaled(frame.loc[here, "at"], unit, self.time)
        return self._in_time(frame, ["mean", "low", "high"])

    @property
    def differences(self):
        """One row for each compared cell and measure, of a run with --compare."""
        figures = ["difference", "low", "high", "model"]
        frame = self._table("differences.csv", ["parameter", "baseline", "other", "measure", "unit", "pairs", *figures])
        for name in ["pairs", "pairing", *figures]:
            frame[name] = _numbers(frame[name])
        compared = frame["parameter"].iloc[0]
        return self._in_time(self._typed(frame, {"baseline": compared, "other": compared}), figures)

    @property
    def remarks(self):
        """One row for each remark of a replication. Of kind "idle": the fault of this name had no effect in it."""
        frame = self._table("rows.csv", ["replication", "remarks"])[[*self.parameters, "replication", "remarks"]]
        frame["remarks"] = [json.loads(text or "[]") for text in frame["remarks"]]
        frame = frame.explode("remarks").dropna(subset="remarks").reset_index(drop=True)
        frame["kind"] = [kind for kind, _ in frame["remarks"]]
        frame["text"] = [text for _, text in frame["remarks"]]
        return frame.drop(columns="remarks")

    @property
    def ledger(self):
        """One row for each cell and injected fault that had no effect in some replications: their number, `idle`."""
        remarks = self.remarks
        faults = remarks[remarks["kind"] == "idle"].rename(columns={"text": "fault"})
        by = [*self.parameters, "fault"]
        idle = faults.groupby(by, sort=False, as_index=False).size().rename(columns={"size": "idle"})[[*by, "idle"]]
        return idle.merge(self.cells.drop(columns="converged"), on=list(self.parameters))

    def _table(self, file, wanted):
        """A file as a table whose parameters, and the number of the replication, have their types; the rest is text."""
        path = self.directory / file
        if not path.exists():
            raise ResultsError(f"{self.directory} has no {file}: {self._reason(file)}")
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        known = [name for name in self.parameters if name in frame or file != "differences.csv"]
        lacking = [name for name in [*known, *wanted] if name not in frame]
        if lacking:
            has = ", ".join(frame) or "none"
            raise ResultsError(f"{path} lacks the column {lacking[0]}, which its manifest promises. Its columns: {has}.")
        if "replication" in frame:
            frame["replication"] = frame["replication"].astype("int64")
        return self._typed(frame, {name: name for name in known})

    def _typed(self, frame, parameters):
        """Gives columns the types and the units of parameters: `parameters` maps a column to a parameter."""
        for column, name in parameters.items():
            kind, unit = self.parameters[name]["kind"], self.parameters[name]["unit"]
            if kind == "flag":
                frame[column] = frame[column].isin([True, "true"])
            elif kind == "count" and unit not in _LENGTHS:
                frame[column] = frame[column].astype("int64")
            elif kind in ("count", "number", "ratio", "duration"):
                frame[column] = _scaled(frame[column].astype("float64"), unit, self.time)
        return frame

    def _in_time(self, frame, figures):
        """Converts figures of each row that are times, and their unit."""
        for unit in frame["unit"].unique():
            if unit in _LENGTHS:
                here = frame["unit"] == unit
                frame.loc[here, figures] = _scaled(frame.loc[here, figures], unit, self.time)
                frame.loc[here, "unit"] = self.time
        return frame

    def _observations(self, values, unit):
        def one(value):
            if value is None:
                return None
            return [_scaled(value[0], unit, self.time), *value[1:]] if isinstance(value, list) else _scaled(value, unit, self.time)

        return [one(value) for value in values]

    def _reason(self, file):
        shard = self.manifest.get("shard")
        if shard is not None:
            return f"it holds shard {shard['index']} of {shard['of']}; `troupe merge` puts shards together."
        if file == "series.csv":
            return "the experiment has no series."
        if file == "differences.csv" and "compare" not in self.manifest:
            return "the run had no --compare."
        return "a part of the directory is missing."


def load(directory, time="s"):
    """Opens the directory of a finished run. `time` is the unit of all times: ns, us, ms, s, min, h or days.

    Raises ResultsError, with one sentence, if the directory is not that of a finished run or an earlier version wrote it.
    """
    if time not in _UNITS:
        raise ResultsError(f"time={time!r}: expected one of {', '.join(_UNITS)}.")
    directory = pathlib.Path(directory)
    if not directory.is_dir():
        raise ResultsError(f"{directory}: there is no such directory.")
    path = directory / "manifest.json"
    if not path.exists():
        raise ResultsError(f"{directory} has no manifest.json: it is not the directory of a finished run.")
    try:
        manifest = json.loads(path.read_text())
    except ValueError as error:
        raise ResultsError(f"{path} is no JSON: {error}.") from None
    if not isinstance(manifest, dict) or "columns" not in manifest:
        raise ResultsError(f'{path} lacks "columns": an earlier version wrote it. `npx troupe chart {directory}` writes it anew.')
    return Results(directory, manifest, time)
