"""One small valid file of each format; the networks say the same."""

from __future__ import annotations

from quandary.base import always
from quandary.onegame import FORMATS, AnyGame

EFG = """EFG 2 R "doves" { "A" "B" }
p "" 1 1 "" { "in" "out" "wait" } 0
t "" 1 "" { 1, -1 }
p "" 2 1 "fight?" { "hawk" "dove" } 0
t "" 2 "" { 0, 1/3 }
t "" 0
p "" 2 1 "fight?" { "hawk" "dove" } 0
t "" 3 "" { 0.5, 2 }
t "" 2
"""
NFG = """NFG 1 R "pennies" { "A" "B" } { { "h" "t" } { "h" } }
1 2 3 4
"""
JSON = """{"format": "maid-json/1", "nodes": [
 {"name": "sky", "kind": "chance", "states": ["wet", "dry"], "parents": [],
  "table": [{"when": {}, "p": {"wet": 0.3, "dry": 0.7}}]},
 {"name": "act", "kind": "decision", "player": "me", "states": ["go", "stay"], "parents": ["sky"]},
 {"name": "joy", "kind": "utility", "player": "me", "parents": ["act"], "table": [{"when": {"act": "go"}, "value": 1},
  {"when": {"act": "stay"}, "value": -2.5}]}
]}"""
BIF = """network n { }
variable sky { type discrete [ 2 ] { wet, dry }; }
variable mood { type discrete [ 2 ] { low, high }; }
probability ( sky ) { table 0.3, 0.7; }
probability ( mood | sky ) {
  (wet) 0.2, 0.8;
  (dry) 0.9, 0.1;
}
"""
XDSL = """<smile version="1.0" id="w" numsamples="1000">
<nodes>
<cpt id="sky"><state id="wet"/><state id="dry"/>
<probabilities>0.3 0.7</probabilities></cpt>
<cpt id="mood"><state id="low"/><state id="high"/><parents>sky</parents>
<probabilities>0.2 0.8 0.9 0.1</probabilities></cpt>
<decision id="act"><state id="go"/><state id="stay"/><parents>sky</parents></decision>
<utility id="joy"><parents>act sky</parents>
<utilities>1 2 3 4</utilities></utility>
<utility id="fee"><parents>act</parents><utilities>-1 0</utilities></utility>
</nodes>
</smile>
"""
BIFXML = """<BIF VERSION="0.3">
<NETWORK>
<NAME>w</NAME>
<VARIABLE TYPE="nature"><NAME>sky</NAME><OUTCOME>wet</OUTCOME><OUTCOME>dry</OUTCOME></VARIABLE>
<VARIABLE TYPE="nature"><NAME>mood</NAME><OUTCOME>low</OUTCOME><OUTCOME>high</OUTCOME></VARIABLE>
<VARIABLE TYPE="decision"><NAME>act</NAME><OUTCOME>go</OUTCOME><OUTCOME>stay</OUTCOME></VARIABLE>
<VARIABLE TYPE="utility"><NAME>joy</NAME></VARIABLE>
<DEFINITION><FOR>sky</FOR><TABLE>0.3 0.7</TABLE></DEFINITION>
<DEFINITION><FOR>mood</FOR><GIVEN>sky</GIVEN><TABLE>0.2 0.8 0.9 0.1</TABLE></DEFINITION>
<DEFINITION><FOR>act</FOR><GIVEN>sky</GIVEN></DEFINITION>
<DEFINITION><FOR>joy</FOR><GIVEN>act</GIVEN><GIVEN>sky</GIVEN><TABLE>1 2 3 4</TABLE></DEFINITION>
</NETWORK>
</BIF>
"""
NET = """net { node_size = (80 40); }
% a comment
discrete node sky { states = ("wet" "dry"); label = "the sky; (grey)"; }
node mood { states = ("low" "high"); }
decision act { states = ("go" "stay"); } utility joy { }
potential ( sky ) { data = (0.3 0.7); }
potential ( mood | sky ) { data = ((0.2 0.8) (0.9 0.1)); }
potential ( act | sky ) { }
potential ( joy | act sky ) { data = ((1 2) (3 4)); }
"""


def read_text(ending: str, text: str) -> AnyGame:
    (known,) = (f for f in FORMATS if ending == f.ending)
    return known.read(text, f"sample{ending}", always)
