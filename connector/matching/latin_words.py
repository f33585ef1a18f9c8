"""Words of names in letters: abbreviations, numbers, words that join, and words that any firm may carry."""

from typing import Final

ROMAN: Final = {
    numeral: str(value)
    for value, numeral in enumerate(
        (
            *("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv"),
            *("xvi", "xvii", "xviii", "xix", "xx", "xxi", "xxii", "xxiii", "xxiv", "xxv"),
        ),
        1,
    )
}
_COUNTED: Final = """
one first
two second
three third
four fourth
five fifth
six sixth
seven seventh
eight eighth
nine ninth
ten tenth
eleven eleventh
twelve twelfth
"""
UNITS: Final = {
    word: value for value, words in enumerate(_COUNTED.strip().splitlines(), 1) for word in words.split()
}
_TENS: Final = """
twenty thirty forty fifty sixty seventy eighty ninety
"""
TENS: Final = {word: 10 * value for value, word in enumerate(_TENS.split(), 2)}
SHORT: Final = {
    "intl": "international",
    "int": "international",
    "tech": "technology",
    "technologies": "technology",
    "corp": "corporation",
    "co": "company",
    "cos": "company",
    "mfg": "manufacturing",
    "svcs": "services",
    "svc": "services",
    "service": "services",
    "sys": "systems",
    "system": "systems",
    "mgmt": "management",
    "assoc": "association",
    "assn": "association",
    "assocs": "associates",
    "univ": "university",
    "natl": "national",
    "dept": "department",
    "ctr": "center",
    "centre": "center",
    "grp": "group",
    "gruppe": "group",
    "groupe": "group",
    "grupo": "group",
    "gruppo": "group",
    "grupp": "group",
    "koncern": "group",
    "holdings": "holding",
    "eng": "engineering",
    "ind": "industries",
    "inds": "industries",
    "industry": "industries",
    "solution": "solutions",
    "product": "products",
    "bros": "brothers",
    "st": "saint",
}

_STOP: Final = """
& and da das de den der die do dos e el et for i la le les los of the und van y
"""
_FORM: Final = """
ab ag as bv compan company corporation gmbh inc incorporated joint joynt kg limited llc ltd nv
oao ooo oy pao plc sa spa srl sro stock zao zoo
"""
_HOUSE: Final = """
group holding beteiligungsgesellschaft wirtschaftsprufungsgesellschaft steuerberatungsgesellschaft
verwaltungsgesellschaft handelsgesellschaft betriebsgesellschaft aktiebolaget
"""
_COMMON: Final = """
academy advisors advisory africa agency alimentos american architects architecture asia asian
asset assets associates association assurances automotive aviation banca banco bank banking
banque batiment bau beratung bolag building business byg caja capital care center central
chemical chemicals child children childrens church city clothing cloud club college comercial
communications community company conseil construccion construcciones construction consultancy
consulting contractors cooling corporation county cyber data day department design development
dienstleistungen digital distribution dom early east eastern education educational electric
electronic electronics elektro elektronik elementary energy engineering enterprise enterprises
entertainment entreprise environmental equipment equity estate europe european fashion film
finance financial firma first fonds food foods foundation fund furniture games gas general
generale gesellschaft glass global government group grupp handel handels handelsgesellschaft
head health healthcare heating holding holdings home hotel hotels house immobilier industri
industria industrial industrias industrie industries informatik informatique ingenieria
institute insurance interior international internet invest investment investments it
kindergarten kombinat kompaniya laboratories labs learning logistics ltda machinery machines
management manufacturing market marketing markets maschinenbau materials media medical metal
metals mining motor motors music national network networks new north northern office oil online
pacific paper partner partners petroleum pharma pharmaceuticals plastics plumbing power
preschool press products program properties property public publishing pumps real recycling
rederi repair research restaurant retail saint school schools security service services
servicios servis shop sistemas societe software solar soluciones solutions south southern
sparkasse spolka sport sports stahl start state steel store stores stroy studio studios supplies
supply systems technik technologies technology tecnologia tecnologias teknik teknologi telecom
textile textiles tools torgovyy tourism trade trading transport transportes transports travel
trust tsentr united university venture ventures verlag versicherung vertrieb vertriebs water web
werk werke west western wholesale wind worldwide zavod
"""
# Words that only join others.
STOP: Final = frozenset(_STOP.split())
# Words of legal form that a register spells in ways of its own; they weigh next to nothing.
FORM: Final = frozenset(_FORM.split())
# Words of how a house is built; a customer drops them freely.
HOUSE: Final = frozenset(_HOUSE.split())
# Words that many firms carry: they confirm, they hardly identify.
COMMON: Final = frozenset(_COMMON.split())
