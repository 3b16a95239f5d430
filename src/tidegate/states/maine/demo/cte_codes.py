"""The CTE codes that Maine's CTE schools teach (DOMAIN.md, Codes), titled after the CIP 2020 in sentence case, and
credentials, which are invented: the state's own list is not public."""

CTE_CODES = (
    ("01.0205", "Agricultural mechanics and equipment/machine technology/technician"),
    ("03.0511", "Forest technology/technician"),
    ("10.0202", "Radio and television broadcasting technology/technician"),
    ("11.0901", "Computer systems networking and telecommunications"),
    ("12.0401", "Cosmetology/cosmetologist, general"),
    ("12.0503", "Culinary arts/chef training"),
    ("13.1210", "Early childhood education and teaching"),
    ("15.1301", "Drafting and design technology/technician, general"),
    ("41.0101", "Biology/biotechnology technology/technician"),
    ("43.0103", "Criminal justice/law enforcement administration"),
    ("43.0107", "Criminal justice/police science"),
    ("43.0203", "Fire science/fire-fighting"),
    ("46.0201", "Carpentry/carpenter"),
    ("46.0302", "Electrician"),
    ("46.0415", "Building construction technology/technician"),
    ("46.0503", "Plumbing technology/plumber"),
    ("47.0201", "Heating, air conditioning, ventilation and refrigeration maintenance technology/technician"),
    ("47.0303", "Industrial mechanics and maintenance technology/technician"),
    ("47.0603", "Autobody/collision and repair technology/technician"),
    ("47.0604", "Automobile/automotive mechanics technology/technician"),
    ("47.0605", "Diesel mechanics technology/technician"),
    ("47.0606", "Small engine mechanics and repair technology/technician"),
    ("47.0616", "Marine maintenance/fitter and ship repair technology/technician"),
    ("48.0501", "Machine tool technology/machinist"),
    ("48.0508", "Welding technology/welder"),
    ("48.0704", "Wooden boatbuilding technology/technician"),
    ("49.0202", "Construction/heavy equipment/earthmoving equipment operation"),
    ("49.0205", "Truck and bus driver/commercial vehicle operator and instructor"),
    ("50.0409", "Graphic design"),
    ("51.0000", "Health services/allied health/health sciences, general"),
    ("51.0904", "Emergency medical technology/technician (EMT paramedic)"),
)

CREDENTIALS = (
    ("AUTO-1", "Automotive service, entry level (invented)"),
    ("CULIN-1", "Food safety manager (invented)"),
    ("EMT-B", "Emergency medical technician, basic (invented)"),
    ("SAFE-10", "Construction safety, 10 hours (invented)"),
    ("WELD-2", "Welder, level 2 (invented)"),
)
