"""Every room's events and what they write: importing this makes the registry of event kinds whole."""

from core.arrangement import apply as _arrangement
from core.association import apply as _association
from core.batches import apply as _batches
from core.calibration import apply as _calibration
from core.certificates import apply as _certificates
from core.examday import apply as _examday
from core.exchange import keeping as _exchange
from core.people import apply as _people
from core.registration import apply as _registration
from core.results import apply as _results
from core.scoring import apply as _scoring
from core.scoring import paper_apply as _papers

ROOMS = (
    _people,
    _batches,
    _registration,
    _arrangement,
    _examday,
    _scoring,
    _papers,
    _calibration,
    _results,
    _association,
    _certificates,
    _exchange,
)
