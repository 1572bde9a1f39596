//! The words of the catalogue.

/// Departments, their sections and the kinds of goods in them. A kind is one thing; its category has the plural, which
/// stands after a slash if it is not the kind with an s. In brackets: family of materials, and what is chosen.
pub(crate) const TREE: &str = "
Clothing (textile, size)
 Tops: T-Shirt, Shirt, Polo Shirt, Blouse, Tank Top
 Knitwear: Jumper, Cardigan, Hoodie, Sweatshirt, Turtleneck
 Outerwear: Raincoat, Parka, Windbreaker, Puffer Jacket, Trench Coat
 Bottoms: Pair of Jeans/Jeans, Pair of Chinos/Chinos, Skirt, Pair of Shorts/Shorts, Pair of Leggings/Leggings
Shoes (leather, shoe)
 Trainers: Running Shoe, Court Trainer, High-Top, Slip-On, Skate Shoe
 Boots: Chelsea Boot, Hiking Boot, Ankle Boot, Winter Boot, Wellington
 Smart Shoes: Oxford, Loafer, Brogue, Derby/Derbies, Monk Strap
 Summer Shoes: Sandal, Espadrille, Flip-Flop, Mule, Clog
Bags and Accessories (leather, colour)
 Bags: Backpack, Tote Bag, Shoulder Bag, Messenger Bag, Weekender
 Small Leather: Wallet, Card Holder, Key Ring, Coin Purse, Passport Cover
 Accessories: Belt, Scarf/Scarves, Beanie, Pair of Gloves/Gloves, Baseball Cap
 Jewellery: Necklace, Bracelet, Ring, Pair of Earrings/Earrings, Wristwatch/Wristwatches
Furniture (wood, colour)
 Seating: Sofa, Armchair, Dining Chair, Bar Stool, Ottoman
 Tables: Coffee Table, Dining Table, Side Table, Console Table, Nightstand
 Storage: Bookcase, Wardrobe, Sideboard, Shelf/Shelves, Chest of Drawers/Chests of Drawers
 Beds: Bed Frame, Mattress/Mattresses, Headboard, Daybed, Cot
Home (textile, size)
 Bedding: Duvet Cover, Pillowcase, Fitted Sheet, Quilt, Pillow
 Bath: Bath Towel, Bath Mat, Shower Curtain, Bathrobe, Laundry Basket
 Lighting: Table Lamp, Floor Lamp, Pendant Light, Wall Lamp, Lantern
 Decoration: Vase, Candle, Picture Frame, Mirror, Cushion
Kitchen (ceramic, colour)
 Cookware: Frying Pan, Saucepan, Casserole, Wok, Baking Tray
 Tableware: Dinner Plate, Bowl, Mug, Teapot, Serving Dish/Serving Dishes
 Knives and Tools: Chef Knife/Chef Knives, Cutting Board, Whisk, Grater, Rolling Pin
 Coffee and Tea: Coffee Grinder, French Press/French Presses, Kettle, Milk Frother, Tea Infuser
Sports (synthetic, size)
 Fitness: Yoga Mat, Dumbbell, Kettlebell, Resistance Band, Skipping Rope
 Camping: Tent, Sleeping Bag, Camping Stove, Headlamp, Water Bottle
 Cycling: Bicycle Helmet, Bike Light, Bike Lock, Saddle, Pannier
 Team Sports: Football, Basketball, Hockey Stick, Tennis Racket, Shin Guard
Electronics (synthetic, colour)
 Audio: Pair of Headphones/Headphones, Loudspeaker, Turntable, Soundbar, Microphone
 Computers: Keyboard, Mouse/Mice, Monitor, Laptop Stand, Docking Station
 Phones: Phone Case, Charger, Power Bank, Charging Cable, Screen Protector
 Photo: Camera Strap, Tripod, Camera Bag, Lens Filter, Memory Card
Toys (wood, one)
 Building: Marble Run, Train Set, Building Block, Construction Kit, Dolls House
 Puzzles and Games: Jigsaw Puzzle, Board Game, Card Game, Chess Set, Memory Game
 Outdoor Play: Kite, Swing, Sandpit, Scooter, Balance Bike
 Soft Toys: Teddy Bear, Doll, Hand Puppet, Comforter, Rattle
Beauty (natural, scent)
 Skin: Face Cream, Cleanser, Serum, Body Lotion, Lip Balm
 Hair: Shampoo, Conditioner, Hair Mask, Hairbrush/Hairbrushes, Comb
 Bath and Body: Soap, Shower Gel, Bath Salt, Hand Cream, Deodorant
 Fragrance: Perfume, Room Spray, Reed Diffuser, Scented Candle, Essential Oil
Garden (metal, one)
 Garden Tools: Spade, Rake, Pruning Shear, Hand Trowel, Watering Can
 Growing: Plant Pot, Raised Bed, Seed Tray, Trellis/Trellises, Compost Bin
 Outdoor Living: Fire Bowl, Barbecue, Deckchair, Hammock, Parasol
 Wildlife: Bird Feeder, Nest Box/Nest Boxes, Bee Hotel, Bird Bath, Hedgehog House
Office (paper, colour)
 Writing: Fountain Pen, Pencil, Marker, Ballpoint, Ink Bottle
 Paper: Notebook, Diary/Diaries, Sketchbook, Envelope, Wrapping Paper
 Desk: Desk Lamp, Pen Holder, Desk Mat, Letter Tray, Stapler
 Filing: Ring Binder, Document Folder, Archive Box/Archive Boxes, Index Card, Label
";

pub(crate) const TEXTILE: &[&str] = &[
    "Cotton", "Organic Cotton", "Linen", "Merino Wool", "Polyester", "Recycled Polyester", "Viscose", "Silk",
    "Denim", "Cashmere", "Hemp", "Lambswool", "Corduroy", "Flannel", "Velvet", "Alpaca", "Modal", "Jersey", "Tweed",
    "Satin",
];
pub(crate) const LEATHER: &[&str] = &[
    "Leather", "Suede", "Canvas", "Vegetable-Tanned Leather", "Nubuck", "Vegan Leather", "Nylon", "Waxed Cotton",
    "Felt", "Cork", "Patent Leather", "Sterling Silver", "Brass", "Stainless Steel", "Mesh", "Rubber",
];
pub(crate) const WOOD: &[&str] = &[
    "Oak", "Walnut", "Ash", "Beech", "Pine", "Birch", "Bamboo", "Teak", "Cherry", "Maple", "Rattan", "Plywood",
    "Mango Wood", "Acacia", "Elm", "Solid Wood",
];
pub(crate) const CERAMIC: &[&str] = &[
    "Stoneware", "Porcelain", "Cast Iron", "Stainless Steel", "Copper", "Glass", "Enamel", "Earthenware",
    "Silicone", "Aluminium", "Carbon Steel", "Terracotta", "Bone China", "Marble", "Borosilicate Glass",
    "Olive Wood",
];
pub(crate) const SYNTHETIC: &[&str] = &[
    "Polycarbonate", "Aluminium", "Nylon", "Silicone", "Carbon Fibre", "Recycled Plastic", "Neoprene", "Ripstop",
    "Titanium", "Rubber", "Foam", "Steel", "Polyamide", "Bioplastic", "Magnesium", "Braided Nylon",
];
pub(crate) const NATURAL: &[&str] = &[
    "Shea Butter", "Olive Oil", "Aloe Vera", "Beeswax", "Jojoba Oil", "Argan Oil", "Coconut Oil", "Oat Milk",
    "Sea Salt", "Clay", "Charcoal", "Almond Oil", "Honey", "Rose Water", "Cocoa Butter", "Green Tea",
];
pub(crate) const METAL: &[&str] = &[
    "Galvanised Steel", "Cast Iron", "Terracotta", "Zinc", "Corten Steel", "Stainless Steel", "Copper", "Larch",
    "Cedar", "Recycled Plastic", "Stone", "Concrete", "Jute", "Bamboo", "Wrought Iron", "Aluminium",
];
pub(crate) const PAPER: &[&str] = &[
    "Recycled Paper", "Kraft Paper", "Cotton Paper", "Cardboard", "Brass", "Aluminium", "Beech", "Linen", "Leather",
    "Bamboo", "Acrylic", "Steel", "Cork", "Washi", "Stone Paper", "Felt",
];

/// With the short form that SKUs have.
pub(crate) const COLOURS: &[(&str, &str)] = &[
    ("Black", "BLK"), ("White", "WHT"), ("Navy", "NVY"), ("Grey", "GRY"), ("Blue", "BLU"), ("Green", "GRN"),
    ("Beige", "BEI"), ("Red", "RED"), ("Brown", "BRN"), ("Olive", "OLV"), ("Pink", "PNK"), ("Yellow", "YLW"),
    ("Burgundy", "BUR"), ("Orange", "ORG"), ("Cream", "CRM"), ("Charcoal", "CHA"), ("Teal", "TEA"),
    ("Mustard", "MUS"), ("Lilac", "LIL"), ("Rust", "RST"), ("Turquoise", "TUR"), ("Sand", "SND"), ("Mint", "MNT"),
    ("Coral", "COR"),
];
pub(crate) const SIZES: &[&str] = &["S", "M", "L", "XL", "XS", "XXL"];
pub(crate) const SHOE_SIZES: &[&str] = &["42", "43", "41", "40", "39", "38", "44", "37", "45", "46", "36", "47"];
pub(crate) const SCENTS: &[(&str, &str)] = &[
    ("Unscented", "UNS"), ("Lavender", "LAV"), ("Rose", "RSE"), ("Cedar", "CED"), ("Bergamot", "BER"),
    ("Vanilla", "VAN"), ("Eucalyptus", "EUC"), ("Fig", "FIG"), ("Sandalwood", "SAN"), ("Lemon", "LEM"),
];

/// Other attributes that a product may have.
pub(crate) const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("Season", &["All Year", "Summer", "Winter", "Spring", "Autumn"]),
    (
        "Style",
        &[
            "Classic", "Modern", "Minimal", "Vintage", "Casual", "Rustic", "Industrial", "Scandinavian", "Sporty",
            "Formal", "Boho", "Art Deco", "Japandi", "Coastal", "Retro",
        ],
    ),
    ("Pattern", &["Plain", "Striped", "Checked", "Dotted", "Floral", "Geometric", "Herringbone", "Paisley"]),
    (
        "Made in",
        &[
            "Portugal", "Italy", "Germany", "Vietnam", "India", "Turkey", "Spain", "Poland", "China", "Denmark",
            "Japan", "France", "Romania", "Bangladesh", "Sweden", "Estonia", "Peru", "Morocco", "Austria",
            "Ireland",
        ],
    ),
    ("Certificate", &["OEKO-TEX", "GOTS", "FSC", "Fairtrade", "Bluesign", "GRS"]),
];

pub(crate) const ADJECTIVES: &[&str] = &[
    "Classic", "Light", "Soft", "Warm", "Slim", "Everyday", "Washed", "Heavy", "Compact", "Folding", "Padded",
    "Quilted", "Ribbed", "Waterproof", "Handmade", "Round", "Square", "Tall", "Wide", "Narrow", "Striped",
    "Brushed", "Polished", "Matte", "Glossy", "Woven", "Knitted", "Printed", "Embroidered", "Reversible",
    "Insulated", "Breathable", "Stackable", "Adjustable", "Portable", "Rechargeable", "Wireless", "Seamless",
    "Stretch", "Relaxed", "Oversized", "Cropped", "Vintage", "Rustic", "Modern", "Minimal", "Little", "Large",
    "Mini", "Extra", "Double", "Reusable", "Sustainable", "Recycled", "Undyed", "Natural", "Hammered", "Fluted",
    "Pleated", "Tapered", "Cushioned", "Hooded",
];

pub(crate) const USES: &[&str] = &[
    "the city", "long walks", "cold mornings", "weekends away", "the office", "small rooms", "every day",
    "the garden", "rainy days", "travelling", "summer evenings", "the workshop", "guests", "children",
    "the kitchen", "festivals", "training", "commuting", "the beach", "quiet hours", "camping trips",
    "big families", "beginners", "professionals", "the balcony", "winter hikes", "gifts", "breakfast in bed",
    "late nights", "the studio", "mountain huts", "picnics",
];

pub(crate) const PARTS: &[&str] = &[
    "pocket", "seam", "lining", "handle", "zip", "button", "collar", "strap", "sole", "hinge", "lid", "base", "edge",
    "frame", "buckle", "hem", "cuff", "surface", "drawer", "spout", "rim", "grip", "joint", "cable", "switch", "hook",
    "label", "cover", "corner", "leg", "blade", "cord", "clasp", "panel", "wheel", "filter", "spring", "screw",
];

pub(crate) const FEATURES: &[&str] = &[
    "keeps its shape after many washes",
    "dries quickly and needs no ironing",
    "is sewn with double stitches",
    "folds flat to save space",
    "stands firmly on uneven ground",
    "gets more beautiful with the years",
    "can be repaired in our workshop",
    "fits into every hand",
    "holds up to twenty kilograms",
    "resists scratches and stains",
    "is tested for two hundred thousand movements",
    "opens and closes without a sound",
    "keeps drinks hot for six hours",
    "lets the skin breathe",
    "is packed without plastic",
    "weighs less than an apple",
    "was dyed with plants",
    "comes with spare buttons and thread",
    "can go into the dishwasher",
    "is glazed by hand so that no two are equal",
    "charges in less than an hour",
    "works in the rain and in the snow",
    "has won a prize for its design",
    "carries a guarantee of ten years",
    "goes well with jeans and with a suit",
    "grows with your child",
];

/// In braces: what is put in.
pub(crate) const SENTENCES: &[&str] = &[
    "A {adjective} {kind} made of {material}, for {use}.",
    "This {kind} {feature}.",
    "The {material} comes from {name} and is woven, cut and finished in {place}.",
    "Every {part} and every {part} is checked by hand before the {kind} leaves {name}.",
    "With its {adjective} {part} and {adjective} {part} it is the right companion for {use}.",
    "Part of the {name} collection, drawn by {name} {name}.",
    "The {part} {feature}, and the {part} {feature}.",
    "We took the {kind} that {name} designed for {use} and made it in {material}.",
    "You can wash, mend and resell it.",
    "Also there in {colour} and {colour}.",
    "Our {name} series has been made for {use} since the workshop in {place} opened.",
    "Please note that {material} changes its colour a little in the sun.",
    "It goes together with the {name} {kind} and other pieces of the series.",
    "Spare parts, such as the {part}, can be ordered under {code}.",
    "Measured flat it is as wide as the {name}, but shorter and more {adjective}.",
    "{material} is {adjective}, lasts for years and {feature}.",
    "Nobody at {name} would spend a day in {place} without it.",
    "The {adjective} version of a form that was first shown in {place}.",
];

pub(crate) const PLACES: &[&str] = &[
    "Porto", "Como", "Leipzig", "Hanoi", "Jaipur", "Izmir", "Alicante", "Gdynia", "Suzhou", "Aarhus", "Kyoto", "Lyon",
    "Cluj", "Dhaka", "Malmo", "Tartu", "Arequipa", "Fez", "Graz", "Cork", "Ghent", "Leeds", "Basel", "Turku", "Bergen",
    "Zagreb", "Riga", "Vilnius", "Utrecht", "Toledo", "Bologna", "Kazan", "Osaka", "Lima", "Quito", "Oaxaca",
];

/// Syllables of invented names.
pub(crate) const ONSETS: &[&str] = &[
    "b", "br", "c", "ch", "d", "dr", "f", "fl", "g", "gl", "h", "j", "k", "kr", "l", "m", "n", "p", "pl", "r", "s",
    "sh", "sk", "st", "t", "tr", "v", "w", "wh", "z",
];
pub(crate) const VOWELS: &[&str] = &["a", "e", "i", "o", "u", "ai", "oo", "y"];
pub(crate) const CODAS: &[&str] = &["n", "r", "l", "s", "nd", "rk", "vik", "ton", "rd", "lo", "m", "sen"];
