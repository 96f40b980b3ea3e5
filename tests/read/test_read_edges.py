"""Where reported content ends, in sentences made up for the purpose: by tense, by voice, by who goes on speaking."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quandary.read import ArticleReading

Reader = Callable[..., ArticleReading]

ENDS = {
    # the author's own clause stands in the present beside reported speech that is shifted back
    "The minister said the port would reopen in May, but many traders are doubtful.": ["the port would reopen in May"],
    "The governor said the pipeline was safe, yet few engineers agree.": ["the pipeline was safe"],
    "The spokesman said the talks had been useful, although no date has been set.": ["the talks had been useful"],
    # what the speaker kept to himself
    "The envoy said the truce was holding, but she gave no figures.": ["the truce was holding"],
    "Dana Orr said three men had been held, but she declined to name them.": ["three men had been held"],
    "The mayor said the bridge would be repaired, but did not elaborate.": ["the bridge would be repaired"],
    # a noun that sums up in a third party's words
    "Officials said the bridge was mined, a claim that the rebels deny.": ["the bridge was mined"],
    "The bank said it would stop lending to the state, a decision described by unions as blackmail.": [
        "it would stop lending to the state"
    ],
    "The court ruled that the law was invalid, a verdict hailed by the opposition as historic.": [
        "the law was invalid"
    ],
    # the cue's own subject acts again
    "The firm insists the data was deleted by mistake and is appealing the ruling.": [
        "the data was deleted by mistake"
    ],
    "The company argues the tax was illegal and seeks damages.": ["the tax was illegal"],
    "The petition claims that the election was rigged and asks for a recount.": ["the election was rigged"],
    "Marsh said the army would hold the bridge and left the room.": ["the army would hold the bridge"],
    "Reyes said he doubted that the cabinet would last, but refused to speculate on a date.": [
        "he doubted that the cabinet would last"
    ],
    "The union accused the company, which employs 3,000 people, of hiding the leak.": [
        "the company, which employs 3,000 people, of hiding the leak"
    ],
    # papers and figures go on with the content, another person does not
    "The agency believes that the flood may spread, with several studies indicating a crest on Friday.": [
        "the flood may spread, with several studies indicating a crest on Friday"
    ],
    "Marsh said the deal was dead, with Lind adding that talks would go on.": [
        "the deal was dead",
        "talks would go on",
    ],
    # and these stay whole
    "Lind said the rebels had fled and left their guns.": ["the rebels had fled and left their guns"],
    "The minister said prices would fall, but wages would rise.": ["prices would fall, but wages would rise"],
    "Lind said the fleet would sail on Monday, a move that would anger Arlan.": [
        "the fleet would sail on Monday, a move that would anger Arlan"
    ],
    "The group said it would keep talking to the banks, aiming for a lower rate.": [
        "it would keep talking to the banks, aiming for a lower rate"
    ],
}


@pytest.mark.parametrize("sentence", ENDS)
def test_content_ends_where_someone_else_has_the_word(read: Reader, sentence: str) -> None:
    assert [s.passage.text for s in read(sentence).statements] == ENDS[sentence]
