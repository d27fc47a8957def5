"""What `assay tls` and the tools in use today say about one endpoint, put into the same words.

Facts are keyed by name; a tool that does not look at something leaves the key out, or has None. Suites by the names
of the IANA registry, groups in lower case, versions as 1.2; the verdicts on flaws are True where the flaw is seen."""
import json
import os
import re
import subprocess
import tempfile
import xml.etree.ElementTree as tree

import measure

VERSIONS = {"SSL_2_0": "SSLv2", "SSL_3_0": "SSLv3", "TLS_1_0": "1.0", "TLS_1_1": "1.1", "TLS_1_2": "1.2", "TLS_1_3": "1.3"}
GROUPS = {"prime256v1": "secp256r1", "prime192v1": "secp192r1", "25519": "x25519", "p-256": "secp256r1", "p-384": "secp384r1", "p-521": "secp521r1"}
LIMIT = 600


def group(name):
    name = name.split(" ")[0].lower()
    return GROUPS.get(name, name)


def call(command):
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=LIMIT, check=False).stdout


def names():
    """IANA names by number, from the table that testssl.sh brings along."""
    table = {}
    with open("/etc/testssl/cipher-mapping.txt") as lines:
        for line in lines:
            words = line.split()
            if len(words) > 3 and words[0].startswith("0x"):
                table[int("".join(part[2:] for part in words[0].split(",")), 16)] = words[3]
    return table


NAMES = names()


def assay(host, port, starttls):
    more = ["--starttls", starttls] if starttls else []
    line = call([measure.ASSAY, "tls", f"{host}:{port}", "--authorized", "--format", "json", *more])
    found = json.loads(line.splitlines()[0])
    if "facts" not in found:
        return {"error": found.get("error")}
    facts = found["facts"]
    said = {"versions": sorted(name for name, each in facts["versions"].items() if each == "accepted")}
    for version, suites in facts["suites"].items():
        said[f"suites {version}"] = sorted(suite["name"] for suite in suites)
    for version, order in facts.get("order", {}).items():
        said[f"order {version}"] = None if order == "unclear" else order
    every = facts["groups_12"] + facts["groups_13"]
    said["groups"] = sorted({each["name"] for each in every if not each["finite"]})
    said["groups 1.2"] = sorted({each["name"] for each in facts["groups_12"] if not each["finite"]})
    said["groups 1.3"] = sorted({each["name"] for each in facts["groups_13"]})
    guards, sessions, flaws = facts["safeguards"], facts.get("sessions") or {}, facts.get("flaws") or {}
    said["compression"] = guards["compression"]
    said["secure renegotiation"] = guards["renegotiation_info"]
    said["extended master secret"] = guards["extended_master_secret"]
    said["fallback scsv"] = guards["fallback_scsv"]
    said["client certificate asked for"] = guards["client_certificate_requested"]
    said["staple"] = guards.get("ocsp_staple")
    said["heartbeat"] = guards.get("heartbeat")
    said["alpn"] = sorted(facts.get("alpn", []))
    said["client renegotiation"] = sessions.get("client_renegotiation")
    said["resumption by id"] = sessions.get("id_resumption")
    said["resumption by ticket"] = sessions.get("ticket_resumption")
    said["ticket"] = guards.get("session_ticket")
    said["early data"] = sessions.get("early_data_13")
    for flaw in ("heartbleed", "ccs_injection", "robot", "ticketbleed", "padding_oracle"):
        outcome = flaws.get(flaw, {}).get("outcome", "unclear")
        said[flaw] = {"vulnerable": True, "not-vulnerable": False, "not-applicable": False}.get(outcome)
    said["leaves"] = sorted({fingerprint(chain["der"][0]) for chain in facts["chains"] if chain["der"]})
    said["chain length"] = sorted({len(chain["der"]) for chain in facts["chains"]})
    return said


def fingerprint(text):
    import hashlib
    return hashlib.sha256(bytes.fromhex(text)).hexdigest()[:12]


def sslscan(host, port, starttls):
    more = [f"--starttls-{starttls}"] if starttls else []
    with tempfile.NamedTemporaryFile(suffix=".xml") as out:
        call(["sslscan", f"--xml={out.name}", "--show-cipher-ids", "--ocsp", *more, f"{host}:{port}"])
        text = open(out.name, encoding="utf-8", errors="replace").read()
    root = tree.fromstring(re.sub(r"[^\x09\x0a\x0d\x20-\x7e]", "?", text)).find("ssltest")
    if root is None:
        return {"error": "no result"}
    version = lambda name: name.replace("TLSv", "").replace("SSLv", "SSLv")
    said = {"versions": sorted(("SSLv" if each.get("type") == "ssl" else "") + each.get("version")
                               for each in root.findall("protocol") if each.get("enabled") == "1")}
    for each in root.findall("cipher"):
        name = NAMES.get(int(each.get("id"), 16), each.get("cipher"))
        said.setdefault(f"suites {version(each.get('sslversion'))}", []).append(name)
    for each in root.findall("group"):
        where = version(each.get("sslversion"))
        said.setdefault(f"groups {where}", []).append(group(each.get("name")))
    said = {key: sorted(set(value)) for key, value in said.items()}
    for key, element, attribute in (("fallback scsv", "fallback", "supported"), ("compression", "compression", "supported"),
                                    ("secure renegotiation", "renegotiation", "secure")):
        if (found := root.find(element)) is not None:
            said[key] = found.get(attribute) == "1"
    bleeding = [each.get("vulnerable") == "1" for each in root.findall("heartbleed")]
    if bleeding:
        said["heartbleed"] = any(bleeding)
    return said


def sslyze(host, port, starttls):
    more = ["--starttls", starttls] if starttls else []
    checks = "--sslv2 --sslv3 --tlsv1 --tlsv1_1 --tlsv1_2 --tlsv1_3 --elliptic_curves --fallback --reneg --resum --compression " \
             "--heartbleed --ems --certinfo --robot --openssl_ccs --early_data"
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        call(["sslyze", "--mozilla_config", "disable", f"--json_out={out.name}", *checks.split(), *more, f"{host}:{port}"])
        text = open(out.name, encoding="utf-8").read()
    result = (json.loads(text)["server_scan_results"] or [{}])[0] if text else {}
    if not result.get("scan_result"):
        return {"error": str(result.get("connectivity_error_trace") or "no result").strip().splitlines()[-1][:150]}
    found = {name: each["result"] for name, each in result["scan_result"].items() if each["result"]}
    said = {"versions": []}
    for name, version in VERSIONS.items():
        each = found.get(f"{name.lower()}_cipher_suites")
        if each and each["is_tls_version_supported"]:
            said["versions"].append(version)
            said[f"suites {version}"] = sorted(suite["cipher_suite"]["name"] for suite in each["accepted_cipher_suites"])
    said["versions"].sort()
    pick = lambda name, key: found.get(name, {}).get(key)
    if "elliptic_curves" in found:
        said["groups"] = sorted({group(each["name"]) for each in found["elliptic_curves"]["supported_curves"] or []})
    said["compression"] = pick("tls_compression", "supports_compression")
    said["secure renegotiation"] = pick("session_renegotiation", "supports_secure_renegotiation")
    said["client renegotiation"] = pick("session_renegotiation", "is_vulnerable_to_client_renegotiation_dos")
    said["extended master secret"] = pick("tls_extended_master_secret", "supports_ems_extension")
    said["fallback scsv"] = pick("tls_fallback_scsv", "supports_fallback_scsv")
    said["heartbleed"] = pick("heartbleed", "is_vulnerable_to_heartbleed")
    said["ccs_injection"] = pick("openssl_ccs_injection", "is_vulnerable_to_ccs_injection")
    said["early data"] = pick("tls_1_3_early_data", "supports_early_data")
    robot = pick("robot", "robot_result")
    said["robot"] = None if robot is None or robot.startswith("UNKNOWN") else robot.startswith("VULNERABLE")
    resumed = {"FULLY_SUPPORTED": True, "PARTIALLY_SUPPORTED": True, "NOT_SUPPORTED": False}
    said["resumption by id"] = resumed.get(pick("session_resumption", "session_id_resumption_result"))
    said["resumption by ticket"] = resumed.get(pick("session_resumption", "tls_ticket_resumption_result"))
    asked = {"DISABLED": False, "OPTIONAL": True, "REQUIRED": True}
    said["client certificate asked for"] = asked.get(result["connectivity_result"]["client_auth_requirement"])
    if "certificate_info" in found:
        shown = found["certificate_info"]["certificate_deployments"]
        said["staple"] = any(each["ocsp_response"] for each in shown)
        import base64
        said["leaves"] = sorted({base64.b64decode(each["received_certificate_chain"][0]["fingerprint_sha256"]).hex()[:12] for each in shown})
        said["chain length"] = sorted({len(each["received_certificate_chain"]) for each in shown})
    return said


def testssl(host, port, starttls):
    more = ["-t", starttls] if starttls else []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "out.json")
        call(["testssl", "--quiet", "--color", "0", "--warnings", "off", "-n", "none", "--jsonfile", path,
              "-p", "-P", "-f", "-S", "-R", "-C", "-H", "-I", "-T", "-BB", "-Z", *more, f"{host}:{port}"])
        found = json.load(open(path)) if os.path.exists(path) else []
    if not any(each["id"] == "scanTime" for each in found):
        return {"error": "no result"}
    by_id = {each["id"]: each["finding"] for each in found}
    short = {"SSLv2": "SSLv2", "SSLv3": "SSLv3", "TLS1": "1.0", "TLS1_1": "1.1", "TLS1_2": "1.2", "TLS1_3": "1.3"}
    said = {"versions": sorted(version for name, version in short.items() if by_id.get(name, "").startswith("offered"))}
    for each in found:
        if match := re.fullmatch(r"cipher-(tls1|tls1_1|tls1_2|tls1_3|sslv2|sslv3)_x[0-9a-f]+", each["id"], re.I):
            version = {key.lower(): value for key, value in short.items()}[match[1].lower()]
            said.setdefault(f"suites {version}", []).append(each["finding"].split()[-1])
    for key in [key for key in said if key.startswith("suites")]:
        said[key].sort()
    if "PFS_ECDHE_curves" in by_id:
        said["groups"] = sorted(group(name) for name in by_id["PFS_ECDHE_curves"].split())

    def tell(key, name, **words):
        finding = by_id.get(name, "")
        hits = [value for word, value in words.items() if finding.lower().startswith(word.replace("_", " "))]
        said[key] = hits[0] if hits else None

    tell("secure renegotiation", "secure_renego", supported=True, not_supported=False, vulnerable=False)
    tell("client renegotiation", "secure_client_renego", vulnerable=True, not_vulnerable=False)
    tell("compression", "CRIME_TLS", vulnerable=True, not_vulnerable=False)
    tell("fallback scsv", "fallback_SCSV", supported=True, not_supported=False)
    tell("heartbleed", "heartbleed", vulnerable=True, not_vulnerable=False)
    tell("ccs_injection", "CCS", vulnerable=True, not_vulnerable=False)
    tell("robot", "ROBOT", vulnerable=True, not_vulnerable=False)
    tell("ticketbleed", "ticketbleed", vulnerable=True, not_vulnerable=False)
    tell("resumption by id", "sessionresumption_ID", supported=True, not_supported=False)
    tell("resumption by ticket", "sessionresumption_ticket", supported=True, not_supported=False)
    staples = [each["finding"] for each in found if each["id"].startswith("OCSP_stapling")]
    if staples:
        said["staple"] = any(not each.startswith("not offered") for each in staples)
    if "TLS_extensions" in by_id:
        said["heartbeat"] = "heartbeat" in by_id["TLS_extensions"]
        said["extended master secret"] = "extended master secret" in by_id["TLS_extensions"] if said["versions"] != ["1.3"] else None
    if "ALPN" in by_id or "ALPN_HTTP2" in by_id:
        others = by_id.get("ALPN", "not")
        said["alpn"] = sorted(([] if others.startswith("not") else re.split(r"[ ,]+", others)) + ["h2"] * ("ALPN_HTTP2" in by_id))
    said["leaves"] = sorted({each["finding"].lower()[:12] for each in found if each["id"].startswith("cert_fingerprintSHA256")})
    said["chain length"] = sorted({int(each["finding"]) for each in found if each["id"].startswith("certs_countServer") and each["finding"].isdigit()})
    return said


def nmap(host, port, starttls):
    with tempfile.NamedTemporaryFile(suffix=".xml") as out:
        call(["nmap", "-n", "-Pn", "-p", str(port), "--script", "+ssl-enum-ciphers,+ssl-cert", "-oX", out.name, host])
        root = tree.parse(out.name).getroot()
    script = root.find(".//script[@id='ssl-enum-ciphers']")
    if script is None:
        return {"error": "no result"}
    said = {"versions": []}
    for table in script.findall("table"):
        version = table.get("key").replace("TLSv", "")
        said["versions"].append(version)
        listed = table.find("table[@key='ciphers']")
        said[f"suites {version}"] = sorted(each.find("elem[@key='name']").text.replace("TLS_AKE_WITH_", "TLS_") for each in listed)
        order = table.find("elem[@key='cipher preference']")
        said[f"order {version}"] = order.text if order is not None and order.text in ("server", "client") else None
        squeezed = table.find("table[@key='compressors']")
        if squeezed is not None:
            said["compression"] = said.get("compression", False) or any(each.text not in ("NULL", None) for each in squeezed)
    said["versions"].sort()
    return said


PEERS = {"assay": assay, "sslscan": sslscan, "sslyze": sslyze, "testssl.sh": testssl, "nmap": nmap}
