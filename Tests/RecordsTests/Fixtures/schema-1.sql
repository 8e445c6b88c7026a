-- A home of schema 1 with one signed study of SampleStudies, as iterdump writes it.
PRAGMA application_id = 1465143876;
BEGIN TRANSACTION;
CREATE TABLE analysis (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    study_id INTEGER NOT NULL REFERENCES study (id),
    stored_at TEXT NOT NULL,
    model_name TEXT NOT NULL,
    critical_count INTEGER NOT NULL,
    lacks_frontal_chest INTEGER NOT NULL,
    top_pathology TEXT,
    top_probability REAL,
    top_uncertainty REAL,
    top_risk_level TEXT,
    top_suspicion REAL,
    top_is_critical INTEGER,
    top_is_reported INTEGER,
    top_critical_rule TEXT,
    top_bounds TEXT,
    top_source TEXT,
    sha256 TEXT NOT NULL,
    record TEXT NOT NULL
) STRICT;
INSERT INTO "analysis" VALUES(1,'2f242c7c-f7fa-4025-951b-938b5f1836c7',1,'2026-11-21T15:43:28.311436Z','baseline-cxr14',0,0,'Pleural_Thickening',5.46322118816412252706e-02,3.02090712138390919336e-03,'moderate_confidence',7.22766645987832134778e-01,0,1,NULL,'{"high":{"includesBound":true,"value":0.0583},"moderate":{"includesBound":true,"value":0.02463},"reported":{"includesBound":true,"value":0.02463},"uncertainAbove":0.005462}','','1b4d79eff35dd313a23c62ce41d40dc07ee0ab04d48e0e6007d9ed7d643bd72c','{"findings":[{"bounds":{"high":{"includesBound":true,"value":0.2468},"moderate":{"includesBound":true,"value":0.1048},"reported":{"includesBound":true,"value":0.1048},"uncertainAbove":0.02744},"isCritical":false,"isReported":false,"passes":[0.04611454598275518,0.041978668012121884,0.05471627421204451,0.05078701748254029,0.04237294552405949,0.052904685254881186,0.04419851950310243,0.05132066777419567,0.044908772364712225,0.037309139717292564],"pathology":"Atelectasis","probability":0.046661123582770546,"riskLevel":"low_confidence","source":"","suspicion":0.2226198644216152,"uncertainty":0.005289699714820112},{"bounds":{"high":{"includesBound":true,"value":0.07171},"moderate":{"includesBound":true,"value":0.02797},"reported":{"includesBound":true,"value":0.02797},"uncertainAbove":0.01228},"isCritical":false,"isReported":true,"passes":[0.03800787947037702,0.03183712466997407,0.03869501732030338,0.029250425497391288,0.03115911797031492,0.028279388238223506,0.03500723836987603,0.023857405431276395,0.03545623632058806,0.0230123401293692],"pathology":"Cardiomegaly","probability":0.03145621734176939,"riskLevel":"moderate_confidence","source":"","suspicion":0.5199257964207212,"uncertainty":0.005178479777133647},{"bounds":{"high":{"includesBound":true,"value":0.2398},"moderate":{"includesBound":true,"value":0.08036},"reported":{"includesBound":true,"value":0.08036},"uncertainAbove":0.02496},"isCritical":false,"isReported":true,"passes":[0.10188122649145151,0.07796377396385525,0.07290635716132265,0.09657226952509784,0.07873301645720393,0.09119191260639196,0.06835508176916627,0.07814343631670975,0.09553523729198332,0.07366154941979502],"pathology":"Effusion","probability":0.08349438610029776,"riskLevel":"moderate_confidence","source":"","suspicion":0.504914679660527,"uncertainty":0.0111050506116443},{"bounds":{"high":{"includesBound":true,"value":0.2838},"moderate":{"includesBound":true,"value":0.1259},"reported":{"includesBound":true,"value":0.1259},"uncertainAbove":0.02177},"isCritical":false,"isReported":true,"passes":[0.1390353013912908,0.14701912464013628,0.15685446010208537,0.1538167721505553,0.14432071407646396,0.15937607754374974,0.15804360319520022,0.13081731195358093,0.16559021120081632,0.13739876656169667],"pathology":"Infiltration","probability":0.14922723428155754,"riskLevel":"moderate_confidence","source":"","suspicion":0.5369335564939163,"uncertainty":0.010674155231603241},{"bounds":{"critical":{"includesBound":true,"value":0.07472},"high":{"includesBound":true,"value":0.07472},"moderate":{"includesBound":true,"value":0.03023},"reported":{"includesBound":true,"value":0.03023},"uncertainAbove":0.007596},"criticalRule":"Mass ≥ 0.07472 (package rule)","isCritical":false,"isReported":true,"passes":[0.06261846789494664,0.05819254025965372,0.0666287161916617,0.06843261979116247,0.06099377993614541,0.06455052083000276,0.0617717539795543,0.05984992586143218,0.06812299600396984,0.060146787305730746],"pathology":"Mass","probability":0.06313081080542599,"riskLevel":"moderate_confidence","source":"","suspicion":0.6848775612802089,"uncertainty":0.0034353101769500033},{"bounds":{"high":{"includesBound":true,"value":0.08884},"moderate":{"includesBound":true,"value":0.04083},"reported":{"includesBound":true,"value":0.04083},"uncertainAbove":0.008742},"isCritical":false,"isReported":true,"passes":[0.07564277294876254,0.06619663078837998,0.07720577147854359,0.07586316523986157,0.07178443218901868,0.07748913439485289,0.07323071941777691,0.06607265120902496,0.07574489281294565,0.06925441446976216],"pathology":"Nodule","probability":0.0728484584948929,"riskLevel":"moderate_confidence","source":"","suspicion":0.6667280696463909,"uncertainty":0.004125067697501543},{"bounds":{"critical":{"includesBound":true,"value":0.02449},"high":{"includesBound":true,"value":0.02449},"moderate":{"includesBound":true,"value":0.01413},"reported":{"includesBound":true,"value":0.01413},"uncertainAbove":0.002033},"criticalRule":"Pneumonia ≥ 0.02449 (package rule)","isCritical":false,"isReported":true,"passes":[0.016197689512797733,0.018060132666679052,0.01880669813243232,0.017488473273134075,0.017025905734121043,0.017764580265939193,0.01781389592093549,0.015266997474087067,0.018432333267992377,0.015044842720777236],"pathology":"Pneumonia","probability":0.017190154896889562,"riskLevel":"moderate_confidence","source":"","suspicion":0.573845436701003,"uncertainty":0.0012261303280312519},{"bounds":{"critical":{"includesBound":true,"value":0.1804},"high":{"includesBound":true,"value":0.1804},"moderate":{"includesBound":true,"value":0.04568},"reported":{"includesBound":true,"value":0.04568},"uncertainAbove":0.01789},"criticalRule":"Pneumothorax ≥ 0.1804 (package rule)","isCritical":false,"isReported":true,"passes":[0.11886021807501446,0.11898982229996366,0.1023604896238126,0.11456624768969415,0.09818642356399707,0.11185450398531344,0.10230739811410659,0.11710850229286539,0.10880941089524823,0.11349524597788387],"pathology":"Pneumothorax","probability":0.11065382625178995,"riskLevel":"moderate_confidence","source":"","suspicion":0.6205719756750853,"uncertainty":0.007075303294725744},{"bounds":{"high":{"includesBound":true,"value":0.1149},"moderate":{"includesBound":true,"value":0.03179},"reported":{"includesBound":true,"value":0.03179},"uncertainAbove":0.01234},"isCritical":false,"isReported":true,"passes":[0.06261051388393786,0.05728070102969425,0.043035073702825305,0.05359539641023136,0.04903407172802857,0.05343763711537204,0.05151840041839643,0.053630640849540716,0.06002005913193921,0.05040877158650629],"pathology":"Consolidation","probability":0.053457126585647205,"riskLevel":"moderate_confidence","source":"","suspicion":0.565176051575163,"uncertainty":0.005317514811175275},{"bounds":{"high":{"includesBound":true,"value":0.02862},"moderate":{"includesBound":true,"value":0.009881},"reported":{"includesBound":true,"value":0.009881},"uncertainAbove":0.002811},"isCritical":false,"isReported":false,"passes":[0.007439178518256544,0.006685679367057526,0.006402978846895379,0.009297501723392498,0.005832125343741432,0.006791845496389706,0.006611849518680817,0.005179362529418407,0.008159178300337577,0.004972530742846118],"pathology":"Edema","probability":0.0067372230387016,"riskLevel":"low_confidence","source":"","suspicion":0.3409180770519988,"uncertainty":0.0012475204755738895},{"bounds":{"high":{"includesBound":true,"value":0.04874},"moderate":{"includesBound":true,"value":0.02111},"reported":{"includesBound":true,"value":0.02111},"uncertainAbove":0.004982},"isCritical":false,"isReported":true,"passes":[0.03530496622067843,0.03771845812139549,0.04137552251459755,0.037506311430949776,0.03734142522078254,0.03465677878493631,0.035214497712046135,0.04153577570470183,0.03480091125606996,0.03647191601211501],"pathology":"Emphysema","probability":0.0371926562978273,"riskLevel":"moderate_confidence","source":"","suspicion":0.6455180627744056,"uncertainty":0.0023854371956704016},{"bounds":{"high":{"includesBound":true,"value":0.04406},"moderate":{"includesBound":true,"value":0.01751},"reported":{"includesBound":true,"value":0.01751},"uncertainAbove":0.004133},"isCritical":false,"isReported":true,"passes":[0.03056796073765238,0.02565036218812442,0.029051788793940745,0.03306399519870881,0.028477169166921674,0.029159914861281788,0.03106773831895032,0.033787866758068615,0.028713919652090653,0.02856705455000369],"pathology":"Fibrosis","probability":0.029810777022574307,"riskLevel":"moderate_confidence","source":"","suspicion":0.6158265256362929,"uncertainty":0.0022669613586519303},{"bounds":{"high":{"includesBound":true,"value":0.0583},"moderate":{"includesBound":true,"value":0.02463},"reported":{"includesBound":true,"value":0.02463},"uncertainAbove":0.005462},"isCritical":false,"isReported":true,"passes":[0.05698323741133856,0.05050646986682452,0.05051899972973815,0.05481016534286544,0.0544111443421277,0.05583958266493381,0.051263055661314276,0.058881183552184524,0.05914839755189228,0.053959882693192955],"pathology":"Pleural_Thickening","probability":0.054632211881641225,"riskLevel":"moderate_confidence","source":"","suspicion":0.7227666459878321,"uncertainty":0.003020907121383909},{"bounds":{"high":{"includesBound":true,"value":0.01094},"moderate":{"includesBound":true,"value":0.006922},"reported":{"includesBound":true,"value":0.006922},"uncertainAbove":0.002094},"isCritical":false,"isReported":false,"passes":[0.004107432347447025,0.0024597484794593016,0.00203915405001504,0.003587292671559262,0.0031309814062761418,0.0034264065247164677,0.003161801025454875,0.003698990723461782,0.00284536419540433,0.0018150479315630675],"pathology":"Hernia","probability":0.0030272219355357297,"riskLevel":"low_confidence","source":"","suspicion":0.21866671016582848,"uncertainty":0.0007014823794320003}],"id":{"rawValue":"2f242c7c-f7fa-4025-951b-938b5f1836c7"},"images":[{"findings":[{"bounds":{"high":{"includesBound":true,"value":0.2468},"moderate":{"includesBound":true,"value":0.1048},"reported":{"includesBound":true,"value":0.1048},"uncertainAbove":0.02744},"isCritical":false,"isReported":false,"passes":[0.04611454598275518,0.041978668012121884,0.05471627421204451,0.05078701748254029,0.04237294552405949,0.052904685254881186,0.04419851950310243,0.05132066777419567,0.044908772364712225,0.037309139717292564],"pathology":"Atelectasis","probability":0.046661123582770546,"riskLevel":"low_confidence","source":"","suspicion":0.2226198644216152,"uncertainty":0.005289699714820112},{"bounds":{"high":{"includesBound":true,"value":0.07171},"moderate":{"includesBound":true,"value":0.02797},"reported":{"includesBound":true,"value":0.02797},"uncertainAbove":0.01228},"isCritical":false,"isReported":true,"passes":[0.03800787947037702,0.03183712466997407,0.03869501732030338,0.029250425497391288,0.03115911797031492,0.028279388238223506,0.03500723836987603,0.023857405431276395,0.03545623632058806,0.0230123401293692],"pathology":"Cardiomegaly","probability":0.03145621734176939,"riskLevel":"moderate_confidence","source":"","suspicion":0.5199257964207212,"uncertainty":0.005178479777133647},{"bounds":{"high":{"includesBound":true,"value":0.2398},"moderate":{"includesBound":true,"value":0.08036},"reported":{"includesBound":true,"value":0.08036},"uncertainAbove":0.02496},"isCritical":false,"isReported":true,"passes":[0.10188122649145151,0.07796377396385525,0.07290635716132265,0.09657226952509784,0.07873301645720393,0.09119191260639196,0.06835508176916627,0.07814343631670975,0.09553523729198332,0.07366154941979502],"pathology":"Effusion","probability":0.08349438610029776,"riskLevel":"moderate_confidence","source":"","suspicion":0.504914679660527,"uncertainty":0.0111050506116443},{"bounds":{"high":{"includesBound":true,"value":0.2838},"moderate":{"includesBound":true,"value":0.1259},"reported":{"includesBound":true,"value":0.1259},"uncertainAbove":0.02177},"isCritical":false,"isReported":true,"passes":[0.1390353013912908,0.14701912464013628,0.15685446010208537,0.1538167721505553,0.14432071407646396,0.15937607754374974,0.15804360319520022,0.13081731195358093,0.16559021120081632,0.13739876656169667],"pathology":"Infiltration","probability":0.14922723428155754,"riskLevel":"moderate_confidence","source":"","suspicion":0.5369335564939163,"uncertainty":0.010674155231603241},{"bounds":{"critical":{"includesBound":true,"value":0.07472},"high":{"includesBound":true,"value":0.07472},"moderate":{"includesBound":true,"value":0.03023},"reported":{"includesBound":true,"value":0.03023},"uncertainAbove":0.007596},"criticalRule":"Mass ≥ 0.07472 (package rule)","isCritical":false,"isReported":true,"passes":[0.06261846789494664,0.05819254025965372,0.0666287161916617,0.06843261979116247,0.06099377993614541,0.06455052083000276,0.0617717539795543,0.05984992586143218,0.06812299600396984,0.060146787305730746],"pathology":"Mass","probability":0.06313081080542599,"riskLevel":"moderate_confidence","source":"","suspicion":0.6848775612802089,"uncertainty":0.0034353101769500033},{"bounds":{"high":{"includesBound":true,"value":0.08884},"moderate":{"includesBound":true,"value":0.04083},"reported":{"includesBound":true,"value":0.04083},"uncertainAbove":0.008742},"isCritical":false,"isReported":true,"passes":[0.07564277294876254,0.06619663078837998,0.07720577147854359,0.07586316523986157,0.07178443218901868,0.07748913439485289,0.07323071941777691,0.06607265120902496,0.07574489281294565,0.06925441446976216],"pathology":"Nodule","probability":0.0728484584948929,"riskLevel":"moderate_confidence","source":"","suspicion":0.6667280696463909,"uncertainty":0.004125067697501543},{"bounds":{"critical":{"includesBound":true,"value":0.02449},"high":{"includesBound":true,"value":0.02449},"moderate":{"includesBound":true,"value":0.01413},"reported":{"includesBound":true,"value":0.01413},"uncertainAbove":0.002033},"criticalRule":"Pneumonia ≥ 0.02449 (package rule)","isCritical":false,"isReported":true,"passes":[0.016197689512797733,0.018060132666679052,0.01880669813243232,0.017488473273134075,0.017025905734121043,0.017764580265939193,0.01781389592093549,0.015266997474087067,0.018432333267992377,0.015044842720777236],"pathology":"Pneumonia","probability":0.017190154896889562,"riskLevel":"moderate_confidence","source":"","suspicion":0.573845436701003,"uncertainty":0.0012261303280312519},{"bounds":{"critical":{"includesBound":true,"value":0.1804},"high":{"includesBound":true,"value":0.1804},"moderate":{"includesBound":true,"value":0.04568},"reported":{"includesBound":true,"value":0.04568},"uncertainAbove":0.01789},"criticalRule":"Pneumothorax ≥ 0.1804 (package rule)","isCritical":false,"isReported":true,"passes":[0.11886021807501446,0.11898982229996366,0.1023604896238126,0.11456624768969415,0.09818642356399707,0.11185450398531344,0.10230739811410659,0.11710850229286539,0.10880941089524823,0.11349524597788387],"pathology":"Pneumothorax","probability":0.11065382625178995,"riskLevel":"moderate_confidence","source":"","suspicion":0.6205719756750853,"uncertainty":0.007075303294725744},{"bounds":{"high":{"includesBound":true,"value":0.1149},"moderate":{"includesBound":true,"value":0.03179},"reported":{"includesBound":true,"value":0.03179},"uncertainAbove":0.01234},"isCritical":false,"isReported":true,"passes":[0.06261051388393786,0.05728070102969425,0.043035073702825305,0.05359539641023136,0.04903407172802857,0.05343763711537204,0.05151840041839643,0.053630640849540716,0.06002005913193921,0.05040877158650629],"pathology":"Consolidation","probability":0.053457126585647205,"riskLevel":"moderate_confidence","source":"","suspicion":0.565176051575163,"uncertainty":0.005317514811175275},{"bounds":{"high":{"includesBound":true,"value":0.02862},"moderate":{"includesBound":true,"value":0.009881},"reported":{"includesBound":true,"value":0.009881},"uncertainAbove":0.002811},"isCritical":false,"isReported":false,"passes":[0.007439178518256544,0.006685679367057526,0.006402978846895379,0.009297501723392498,0.005832125343741432,0.006791845496389706,0.006611849518680817,0.005179362529418407,0.008159178300337577,0.004972530742846118],"pathology":"Edema","probability":0.0067372230387016,"riskLevel":"low_confidence","source":"","suspicion":0.3409180770519988,"uncertainty":0.0012475204755738895},{"bounds":{"high":{"includesBound":true,"value":0.04874},"moderate":{"includesBound":true,"value":0.02111},"reported":{"includesBound":true,"value":0.02111},"uncertainAbove":0.004982},"isCritical":false,"isReported":true,"passes":[0.03530496622067843,0.03771845812139549,0.04137552251459755,0.037506311430949776,0.03734142522078254,0.03465677878493631,0.035214497712046135,0.04153577570470183,0.03480091125606996,0.03647191601211501],"pathology":"Emphysema","probability":0.0371926562978273,"riskLevel":"moderate_confidence","source":"","suspicion":0.6455180627744056,"uncertainty":0.0023854371956704016},{"bounds":{"high":{"includesBound":true,"value":0.04406},"moderate":{"includesBound":true,"value":0.01751},"reported":{"includesBound":true,"value":0.01751},"uncertainAbove":0.004133},"isCritical":false,"isReported":true,"passes":[0.03056796073765238,0.02565036218812442,0.029051788793940745,0.03306399519870881,0.028477169166921674,0.029159914861281788,0.03106773831895032,0.033787866758068615,0.028713919652090653,0.02856705455000369],"pathology":"Fibrosis","probability":0.029810777022574307,"riskLevel":"moderate_confidence","source":"","suspicion":0.6158265256362929,"uncertainty":0.0022669613586519303},{"bounds":{"high":{"includesBound":true,"value":0.0583},"moderate":{"includesBound":true,"value":0.02463},"reported":{"includesBound":true,"value":0.02463},"uncertainAbove":0.005462},"isCritical":false,"isReported":true,"passes":[0.05698323741133856,0.05050646986682452,0.05051899972973815,0.05481016534286544,0.0544111443421277,0.05583958266493381,0.051263055661314276,0.058881183552184524,0.05914839755189228,0.053959882693192955],"pathology":"Pleural_Thickening","probability":0.054632211881641225,"riskLevel":"moderate_confidence","source":"","suspicion":0.7227666459878321,"uncertainty":0.003020907121383909},{"bounds":{"high":{"includesBound":true,"value":0.01094},"moderate":{"includesBound":true,"value":0.006922},"reported":{"includesBound":true,"value":0.006922},"uncertainAbove":0.002094},"isCritical":false,"isReported":false,"passes":[0.004107432347447025,0.0024597484794593016,0.00203915405001504,0.003587292671559262,0.0031309814062761418,0.0034264065247164677,0.003161801025454875,0.003698990723461782,0.00284536419540433,0.0018150479315630675],"pathology":"Hernia","probability":0.0030272219355357297,"riskLevel":"low_confidence","source":"","suspicion":0.21866671016582848,"uncertainty":0.0007014823794320003}],"name":"PA (image 1)","quality":{"bitDepth":12,"clippedShare":0,"contrast":0.8347996089931574,"frontalChestScore":0.9391512342120557,"height":760,"isFrontalChest":true,"notes":[],"observations":[{"meaning":"Smaller than a detector gives; fine lines may be lost.","name":"size","value":"640 x 760","verdict":"fair"},{"meaning":"The window can be changed without visible steps.","name":"bit depth","value":"12 bits","verdict":"good"},{"meaning":"The picture uses the grey scale.","name":"contrast","value":"83 %","verdict":"good"},{"meaning":"Little is lost at the ends of the window.","name":"clipped","value":"0 % dark, 0 % bright","verdict":"good"},{"meaning":"Detail reaches down to the pixels.","name":"sharpness","value":"25 %","verdict":"good"},{"meaning":"Laid out like a frontal chest radiograph.","name":"frontal chest","value":"yes (94 %)","verdict":"good"}],"sharpness":0.25211908525766136,"width":640},"sopInstanceUID":"2.25.116002814357076286788855288603474534300","viewPosition":"PA"}],"model":{"name":"baseline-cxr14","notice":"","sha256":{"hexadecimal":"1c452e85cbecc96f3ab779a24ed201a65451aa5e9405552a8a0f2de366ba81bd"},"version":"1.0.0"},"samples":10,"seed":1,"timestamp":"2026-11-21T15:43:28.310269Z"}');
CREATE TABLE analysis_failure (
    number INTEGER PRIMARY KEY,
    study_id INTEGER NOT NULL REFERENCES study (id),
    failed_at TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE TABLE audit_event (
    sequence INTEGER PRIMARY KEY,
    timestamp TEXT NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    study INTEGER,
    detail TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
INSERT INTO "audit_event" VALUES(1,'2026-11-21T15:43:28.306119Z','ada','imported',1,'{"byte_count":463334,"image":1,"new_study":true,"sha256":"b04d21e84fc015e0bf8a0e1486c757c787250c33ee1f66c4eea28d4396dd0bb0","sop_instance_uid":"2.25.116002814357076286788855288603474534300"}','0000000000000000000000000000000000000000000000000000000000000000','8377897850c2027d2d59115bdb2386dcb2cc64c4bbd5e4f01ef9de7154f9acb0');
INSERT INTO "audit_event" VALUES(2,'2026-11-21T15:43:28.311742Z','ada','analysed',1,'{"analysis":"2f242c7c-f7fa-4025-951b-938b5f1836c7","critical":[],"model":"baseline-cxr14","model_sha256":"1c452e85cbecc96f3ab779a24ed201a65451aa5e9405552a8a0f2de366ba81bd","model_version":"1.0.0","record_sha256":"1b4d79eff35dd313a23c62ce41d40dc07ee0ab04d48e0e6007d9ed7d643bd72c","samples":10,"seed":"1"}','8377897850c2027d2d59115bdb2386dcb2cc64c4bbd5e4f01ef9de7154f9acb0','f6ae3808ec1bfbb8d908abcb394b1a5978f9a585dbed474d8516a3faaf84d41a');
INSERT INTO "audit_event" VALUES(3,'2026-11-21T15:42:50.000000Z','ada','signed',1,'{"analysis":"2f242c7c-f7fa-4025-951b-938b5f1836c7","meaning":"final","record_sha256":"26da568db7ec2144ecde5ce9e6bb3f1244a477d3d053de58c75c677b1c74b403"}','f6ae3808ec1bfbb8d908abcb394b1a5978f9a585dbed474d8516a3faaf84d41a','3ea4b19eeb853c3bc445cecd00d844f76d17ffdd5cf5010a9df928d50d1787d8');
CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    count INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;
INSERT INTO "audit_head" VALUES(1,3,'3ea4b19eeb853c3bc445cecd00d844f76d17ffdd5cf5010a9df928d50d1787d8');
CREATE TABLE change_counter (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    value INTEGER NOT NULL
) STRICT;
INSERT INTO "change_counter" VALUES(1,2);
CREATE TABLE claim (
    study_id INTEGER PRIMARY KEY REFERENCES study (id),
    reader TEXT NOT NULL,
    session TEXT NOT NULL,
    since TEXT NOT NULL,
    expires TEXT NOT NULL,
    state_before TEXT NOT NULL
) STRICT;
CREATE TABLE draft (
    study_id INTEGER NOT NULL REFERENCES study (id),
    reader TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (study_id, reader)
) STRICT;
INSERT INTO "draft" VALUES(1,'ben','2026-11-21T15:42:50.000000Z','{"decisions":{},"impression":"Draft of old.","own_findings":[]}');
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO "grdb_migrations" VALUES('1');
CREATE TABLE image (
    id INTEGER PRIMARY KEY,
    study_id INTEGER NOT NULL REFERENCES study (id),
    sop_instance_uid TEXT NOT NULL UNIQUE,
    sop_class_uid TEXT NOT NULL,
    series_instance_uid TEXT NOT NULL,
    series_number INTEGER,
    instance_number INTEGER,
    modality TEXT NOT NULL,
    body_part TEXT NOT NULL,
    view_position TEXT NOT NULL,
    laterality TEXT NOT NULL,
    manufacturer TEXT NOT NULL,
    transfer_syntax_uid TEXT NOT NULL,
    photometric_interpretation TEXT NOT NULL,
    rows INTEGER NOT NULL,
    columns INTEGER NOT NULL,
    bits_stored INTEGER NOT NULL,
    frame_count INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    byte_count INTEGER NOT NULL,
    source_name TEXT NOT NULL,
    received_at TEXT NOT NULL,
    notes TEXT NOT NULL
) STRICT;
INSERT INTO "image" VALUES(1,1,'2.25.116002814357076286788855288603474534300','1.2.840.10008.5.1.4.1.1.1.1','2.25.116002814357076286788312440104423927370',1,1,'DX','CHEST','PA','','WETREAD','1.2.840.10008.1.2.4.70','MONOCHROME2',760,640,12,1,'b04d21e84fc015e0bf8a0e1486c757c787250c33ee1f66c4eea28d4396dd0bb0',463334,'02-bergamot-alder-pa.dcm','2026-11-21T15:43:28.306074Z','[]');
CREATE TABLE sign_off (
    number INTEGER PRIMARY KEY,
    study_id INTEGER NOT NULL REFERENCES study (id),
    reader TEXT NOT NULL AS (json_extract(record, '$.reader')),
    signed_at TEXT NOT NULL AS (json_extract(record, '$.signed_at')),
    audit_sequence INTEGER NOT NULL UNIQUE REFERENCES audit_event (sequence),
    sha256 TEXT NOT NULL,
    record TEXT NOT NULL
) STRICT;
INSERT INTO "sign_off" VALUES(1,1,3,'26da568db7ec2144ecde5ce9e6bb3f1244a477d3d053de58c75c677b1c74b403','{"analysis":"2f242c7c-f7fa-4025-951b-938b5f1836c7","analysis_sha256":"1b4d79eff35dd313a23c62ce41d40dc07ee0ab04d48e0e6007d9ed7d643bd72c","decisions":{"Atelectasis":"agree","Cardiomegaly":"agree","Consolidation":"agree","Edema":"agree","Effusion":"agree","Emphysema":"agree","Fibrosis":"agree","Hernia":"agree","Infiltration":"agree","Mass":"agree","Nodule":"agree","Pleural_Thickening":"agree","Pneumonia":"agree","Pneumothorax":"agree"},"format":"wetread-sign-off-1","impression":"Old impression.","meaning":"final","open_milliseconds":12346,"own_findings":["rib fracture"],"reader":"ada","signed_at":"2026-11-21T15:42:50.000000Z","statement":"s","study":1,"study_instance_uid":"2.25.116002814357076286788567165179974840949","utc_offset_seconds":3600}');
CREATE TABLE study (
    id INTEGER PRIMARY KEY,
    study_uid TEXT NOT NULL UNIQUE,
    patient_name TEXT NOT NULL,
    patient_name_ideographic TEXT NOT NULL,
    patient_name_phonetic TEXT NOT NULL,
    patient_identifier TEXT NOT NULL,
    patient_birth_date TEXT NOT NULL,
    patient_sex TEXT NOT NULL,
    patient_age TEXT NOT NULL,
    accession_number TEXT NOT NULL,
    study_date TEXT NOT NULL,
    study_time TEXT NOT NULL,
    timezone_offset TEXT NOT NULL,
    description TEXT NOT NULL,
    referring_name TEXT NOT NULL,
    referring_name_ideographic TEXT NOT NULL,
    referring_name_phonetic TEXT NOT NULL,
    institution TEXT NOT NULL,
    received_at TEXT NOT NULL,
    state TEXT NOT NULL,
    needs_analysis INTEGER NOT NULL,
    latest_analysis INTEGER REFERENCES analysis (number),
    latest_failure INTEGER REFERENCES analysis_failure (number),
    latest_sign_off INTEGER REFERENCES sign_off (number),
    flagged_at TEXT,
    opened_at TEXT,
    notes TEXT NOT NULL
) STRICT;
INSERT INTO "study" VALUES(1,'2.25.116002814357076286788567165179974840949','BERGAMOT^ALDER','','','PHANTOM-02','20020312','M','','PH0002','20261120','204600','+0000','Chest PA','BOTANIST^A','','','WETREAD PHANTOM DEPARTMENT','2026-11-21T15:43:28.305946Z','final',0,1,NULL,1,NULL,NULL,'[]');
CREATE INDEX study_needs_analysis ON study (received_at, id) WHERE needs_analysis;
CREATE INDEX image_in_study
    ON image (study_id, series_number, instance_number, id, modality, view_position);
CREATE INDEX image_object ON image (sha256);
CREATE INDEX analysis_of_study ON analysis (study_id);
CREATE INDEX analysis_failure_of_study ON analysis_failure (study_id);
CREATE INDEX sign_off_of_study ON sign_off (study_id);
CREATE INDEX audit_event_of_study ON audit_event (study, sequence);
CREATE TRIGGER audit_event_follows BEFORE INSERT ON audit_event
WHEN NEW.sequence IS NOT (SELECT count + 1 FROM audit_head)
    OR NEW.previous_hash IS NOT (SELECT hash FROM audit_head)
BEGIN SELECT RAISE (ABORT, 'an audit event must follow the last one'); END;
CREATE TRIGGER audit_head_moves_on BEFORE UPDATE ON audit_head
WHEN NEW.count IS NOT OLD.count + 1
    OR NEW.hash IS NOT (SELECT hash FROM audit_event WHERE sequence = NEW.count)
BEGIN SELECT RAISE (ABORT, 'the audit trail only grows'); END;
CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head
BEGIN SELECT RAISE (ABORT, 'the audit trail only grows'); END;
CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
BEGIN SELECT RAISE (ABORT, 'rows of audit_event are never changed'); END;
CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
BEGIN SELECT RAISE (ABORT, 'rows of audit_event are never removed'); END;
CREATE TRIGGER sign_off_no_update BEFORE UPDATE ON sign_off
BEGIN SELECT RAISE (ABORT, 'rows of sign_off are never changed'); END;
CREATE TRIGGER sign_off_no_delete BEFORE DELETE ON sign_off
BEGIN SELECT RAISE (ABORT, 'rows of sign_off are never removed'); END;
CREATE TRIGGER analysis_no_update BEFORE UPDATE ON analysis
BEGIN SELECT RAISE (ABORT, 'rows of analysis are never changed'); END;
CREATE TRIGGER analysis_no_delete BEFORE DELETE ON analysis
BEGIN SELECT RAISE (ABORT, 'rows of analysis are never removed'); END;
CREATE TRIGGER analysis_failure_no_update BEFORE UPDATE ON analysis_failure
BEGIN SELECT RAISE (ABORT, 'rows of analysis_failure are never changed'); END;
CREATE TRIGGER analysis_failure_no_delete BEFORE DELETE ON analysis_failure
BEGIN SELECT RAISE (ABORT, 'rows of analysis_failure are never removed'); END;
COMMIT;
