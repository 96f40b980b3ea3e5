from quandary.web.app import application as application
from quandary.web.places import offered_schema as offered_schema
from quandary.web.serving import SERVE as SERVE
from quandary.web.settings import ServerLimits as ServerLimits
from quandary.web.settings import ServerSettings as ServerSettings
