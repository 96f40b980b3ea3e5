"""Words that give content to a source: verbs of saying and thinking, and what each of them takes."""

from __future__ import annotations

_SAY = """say tell add argue explain write claim note state stress insist warn announce declare reiterate report assert
maintain contend suggest acknowledge admit concede confirm deny reply respond answer conclude continue remark observe
comment tweet post predict forecast estimate project complain boast recall reveal disclose allege reaffirm affirm
propose recommend advise emphasise emphasize underline underscore highlight signal indicate imply quip joke lament
caution counsel speculate testify rule agree protest object vow pledge promise swear threaten urge ask wonder question
repeat elaborate clarify proclaim profess posit opine muse mention relate retort stipulate hint inform assure brief
echo plead appeal counter charge demand order judge assess point theorise theorize calculate restate preach thunder
interject exclaim shout yell whisper murmur mutter sigh snap cry sneer jeer summarise summarize specify intone
telegraph cable remind volunteer venture decree hold advocate"""
_THINK = """believe think fear worry hope doubt suspect reckon feel expect consider regret anticipate dread suppose
imagine contemplate"""
_QUOTE_ONLY = """go begin start conclude write read laugh smile tell put describe call praise criticise criticize
condemn denounce hail slam blast accuse hit post continue cite lash tweet denounce speak press joke fume rage"""

SAYING = frozenset(_SAY.split())
THINKING = frozenset(_THINK.split())
CLAUSE = SAYING | THINKING
# these take a bare clause as their object without reporting it ("considers the US biased")
NEED_THAT = frozenset("consider regret hold project brief order judge feel call".split())
QUOTING = SAYING | THINKING | frozenset(_QUOTE_ONLY.split())

# verbs whose infinitive is itself content: "vowed to retaliate", "urged both sides to talk"
COMMITTING = frozenset("vow pledge promise swear undertake".split())
URGING = frozenset("urge implore exhort beseech press advise warn ask order beg command instruct".split())
URGED_AS_CONTENT = frozenset("urge implore exhort beseech warn".split())
# verbs whose plain noun object is content only with words in quotation marks
NAMING = frozenset("call brand dub label describe term denounce condemn hail slam criticise criticize praise characterise "
                   "characterize portray deem declare depict decry deplore welcome dismiss reject blast".split())  # fmt: skip
NAMED_WITH_AS = frozenset("describe denounce condemn hail slam criticise criticize praise characterise characterize "
                          "portray depict see view regard dismiss reject blast brand label decry".split())  # fmt: skip
ACCUSING = frozenset(("accuse",))
BLAMING = frozenset(("blame",))
WARNING_OF = frozenset("warn caution complain speak".split())
ASKING_FOR = frozenset("call appeal urge demand seek plead".split())
WITH_QUOTED_OBJECT = frozenset("urge demand promise pledge vow warn express voice announce propose predict threaten "
                               "regret cite allege fear claim insist offer report seek reaffirm".split())  # fmt: skip

# nouns whose that-clause is content
CLAIM_NOUNS = frozenset(
    """claim warning statement view belief position fear assertion argument hope suggestion
allegation accusation conclusion assessment prediction concern conviction insistence announcement promise pledge vow
threat demand message opinion admission complaint contention theory notion impression worry sense point idea call
remark comment charge verdict finding stance judgment judgement forecast declaration assurance""".split()
)
CARRIERS = frozenset("reiterate repeat express voice make issue reject dismiss restate share echo hold have deny stress "
                     "defend back support endorse put".split())  # fmt: skip

# groups and papers that speak; a subject that can be a source without being a name
SPEAKING_NOUNS = frozenset(
    """official officials analyst analysts expert experts spokesman spokeswoman spokesperson
spokespeople minister ministry president premier chancellor leader leaders government administration police army
military commander general ambassador envoy diplomat diplomats negotiator critic critics observer observers
supporter supporters protester protesters protestor protestors demonstrator demonstrators activist activists
resident residents witness witnesses court judge judges lawmaker lawmakers senator senators mp mps opposition party
group organisation organization agency union league council commission committee office court authority authorities
statement report letter communique study survey paper newspaper author authors professor scholar scholars researcher
researchers economist economists historian historians source sources aide aides adviser advisers advisor advisors
secretary director chairman chairwoman chair head chief member members people many some others rebel rebels soldier
soldiers troops fighter fighters worker workers union unions trader traders investor investors company bank
correspondent reporter journalist journalists editor editors lawyer lawyers prosecutor prosecutors families
community settlers campaigners students villagers refugees neighbours neighbors bloc alliance coalition state states
country countries nation nations kingdom republic ministry monitor monitors mission inspectors""".split()
)
PEOPLE_NOUNS = frozenset(
    """official analyst expert spokesman spokeswoman spokesperson minister president premier
chancellor leader commander general ambassador envoy diplomat negotiator activist judge senator lawmaker mp professor
scholar researcher economist historian adviser advisor secretary director chairman chairwoman chair head chief member
correspondent reporter journalist editor lawyer prosecutor fellow founder author scientist governor mayor strongman
successor king queen prince pope officer colonel specialist strategist executive ceo representative delegate
dissident candidate""".split()
)
DOCUMENT_NOUNS = frozenset("statement report letter communique study survey poll tweet message text video interview "
                           "document transcript article editorial book speech broadcast post".split())  # fmt: skip
