"""Writes fields.json: what Django 5.2's form fields make of many texts. Run with Django and psycopg2 installed: python record.py > fields.json"""
import datetime
import decimal
import json
import uuid

import django
from django import forms
from django.conf import settings
from django.contrib.postgres import forms as postgres
from django.core.exceptions import ValidationError

settings.configure(USE_TZ=True, TIME_ZONE="Europe/Berlin", LANGUAGE_CODE="en-us", FORMS_URLFIELD_ASSUME_HTTPS=True)
django.setup()

FIELDS = {
    "text": forms.CharField(),
    "text_optional": forms.CharField(required=False),
    "text_3_5": forms.CharField(min_length=3, max_length=5),
    "text_1": forms.CharField(max_length=1),
    "password": forms.CharField(strip=False),
    "slug": forms.SlugField(max_length=8),
    "email": forms.EmailField(),
    "url": forms.URLField(),
    "integer": forms.IntegerField(min_value=-32768, max_value=32767),
    "integer_min": forms.IntegerField(min_value=1),
    "float": forms.FloatField(),
    "decimal_5_2": forms.DecimalField(max_digits=5, decimal_places=2),
    "decimal_2_2": forms.DecimalField(max_digits=2, decimal_places=2),
    "decimal_1_0": forms.DecimalField(max_digits=1, decimal_places=0),
    "boolean": forms.BooleanField(),
    "date": forms.DateField(),
    "time": forms.TimeField(),
    "datetime": forms.DateTimeField(),
    "uuid": forms.UUIDField(),
    "json": forms.JSONField(),
    "choice": forms.ChoiceField(choices=[("s", "Small"), ("l", "Large")]),
    "duration": forms.DurationField(),
    "ip": forms.GenericIPAddressField(),
    "named": postgres.HStoreField(),
    "integers": postgres.IntegerRangeField(),
    "decimals": postgres.DecimalRangeField(),
    "dates": postgres.DateRangeField(),
}

WORDS = ["", " ", "a", "ab", " abc ", "abcdef", "ä", "日本語", "a\0b", "a b", "a\r\nb", "\t\n", "x" * 300, "\u00a0", "<b>&\"'"]
NUMBERS = [
    "0", "-0", "+5", "12", " 12 ", "12.0", "12.", "12.5", ".5", "-.5", "007", "32767", "32768", "-32768", "-32769",
    "9" * 30, "-" + "9" * 30, "9" * 5000, "1e3", "1E2", "1e1000000", "1e-1000000", "1e400", "0e5", "0.00", "0.000", "nan", "inf", "-Infinity",
    "sNaN", "1,5", "1 2", "--1", "+-1", "0x1f", "1e", "e5", ".", "-", "+", "12.345", "123.45", "1234.5", "99999", "0.10", "1e-2", "1e-3", "5e1",
    "123456", "0.001", "-999.99", "½", "1.0.0", "0000012.50", "12.50000", "1e+2", "00", "true",
]
DATES = [
    "2026-11-22", " 2026-11-22 ", "2026-1-2", "26-11-22", "11/22/2026", "11/22/26", "1/2/03", "11/22/69", "11/22/68", "22/11/2026", "Nov 22 2026", "Nov 22, 2026",
    "22 Nov 2026", "22 Nov, 2026", "November 22 2026", "NOVEMBER 22, 2026", "22 november 2026", "May 1 2026", "Novem 22 2026",
    "2026-02-29", "2024-02-29", "2026-13-01", "2026-00-10", "2026-11-31", "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01",
    "2026-11-22T08:15", "20261122", "2026/11/22", "22.11.2026", "tomorrow", "-2026-11-22", "2026-11-22x",
]
TIMES = ["08:15", "8:5", "08:15:30", "08:15:30.5", "08:15:30.123456", "08:15:30.1234567", "24:00", "23:60", "23:59:60", "8", "08.15", "8:15 pm", "0815", "-1:00"]
MOMENTS = [
    "2026-11-22 08:15", "2026-11-22T08:15", "2026-11-22 08:15:30", "2026-11-22T08:15:30.25", "2026-11-22T08:15:30,25", "2026-11-22 08:15Z",
    "2026-11-22T08:15:30+02:00", "2026-11-22T08:15:30 -0530", "2026-11-22 08:15+02", "2026-11-22 8:5", "11/22/2026 08:15", "11/22/26 08:15:30", "2026-07-01 12:00",
    "2026-03-29 02:30", "2026-10-25 02:30", "2026-10-25 02:30:15", "2026-10-25T02:30+02:00", "2026-10-25 01:59", "2026-10-25 03:00", "Nov 22 2026", "2026-11-22 24:00", "2026-11-22 25:00",
    "2026-11-22 08:15:61", "2026-11-22 08:15:30.1234567", "0001-01-01 12:00", "9999-12-31 12:00", "2026-11-22T08:15:30+99:00", "now",
]
EMAILS = [
    "ada@example.org", "ada.love@mail.example.org", "ada@localhost", "ada@example", "ada", "@example.org", "ada@", "a..b@example.org", ".a@example.org", "a.@example.org",
    "\"quoted name\"@example.org", "\"a\\\"b\"@example.org", "\"a\"b\"@example.org", "ada@[127.0.0.1]", "ada@[::1]", "ada@[300.0.0.1]", "ada@-example.org", "ada@example-.org",
    "ada@ex_ample.org", "ada@bücher.example", "ada@example.org.", "ada@example.c", "ada@example.123", "ada@xn--bcher-kva.example", "ada+tag@example.org", "ada@@example.org", "ada @example.org",
    "ada@example.org\n", "a@b@example.org", "ä@example.org", "x" * 64 + "@example.org", "x" * 400 + "@example.org", "ada@" + "a" * 63 + ".org", "ada@" + "a" * 64 + ".org", "ada@example.xn--p1ai",
    "ada@[::ffff:1.2.3.4]", "ada@example..org",
]
URLS = [
    "http://example.org", "https://example.org/a?b=c#d", "example.org", "example.org/path", "example.org:8000", "//example.org", "ftp://example.org/f", "ftps://example.org", "HTTP://EXAMPLE.org",
    "javascript:alert(1)", "JavaScript:alert(1)", "javascript://example.org/%0aalert(1)", "data:text/html,x", "mailto:a@example.org", "file:///etc/passwd", "http://", "http:///path", "http://localhost:8000/x",
    "http://127.0.0.1", "http://127.0.0.256", "http://[::1]:80/", "http://[::1", "http://[zz]/", "http://user:pw@example.org/", "http://user@example.org", "http://a:b:c@example.org", "http://@example.org", "http://example", "http://example.org:99999", "http://example.org:123456",
    "http://exa mple.org", "http://example.org/a b", "http://example.org/a\tb", "http://-example.org", "http://example-.org", "http://ex_ample.org", "http://bücher.example/ä", "http://example.org.", "http://" + "a" * 63 + ".org", "http://" + "a" * 64 + ".org",
    "http://example.org/" + "x" * 2100, "http://example.org?x", "http://example.org#x", "http:example.org", "http://.org", "http://1.1.1.1.1", "http://example.123", "http://example.org:80:80", "?x", "/path", "http://example.org@evil.example/", "http://0177.0.0.1",
]
UUIDS = [
    "0f0e0d0c-0b0a-4908-8706-050403020100", "0F0E0D0C0B0A49088706050403020100", "{0f0e0d0c-0b0a-4908-8706-050403020100}", "urn:uuid:0f0e0d0c-0b0a-4908-8706-050403020100",
    "0f0e0d0c", "zz0e0d0c-0b0a-4908-8706-050403020100", "0f0e0d0c-0b0a-4908-8706-05040302010", "not a uuid",
]
JSONS = ["{}", "[1, 2.5, \"a\"]", "{\"a\": {\"b\": null}}", "true", "\"text\"", "12", "{", "{'a': 1}", "[1,]", "01", "[" * 50 + "]" * 50, "[" * 50, "\"\\u00e4\"", "nul"]
BOOLEANS = ["on", "true", "True", "false", "False", "0", "1", "yes", "FALSE"]
DURATIONS = [
    "", "90", "1:30", "01:30:00", "1:2:3", "3 04:05:06", "3 days, 04:05:06", "1 day, 0:00:00", "3 days 04:05:06", "3 days", "1 day", "-1 23:59:59", "-1 day, 23:59:59", "-04:05:06", "-5", "3 -04:05:06",
    "04:05:06.000007", "0.5", "0,5", "0.1234567", "1:2:3:4", "P3DT4H5M6S", "-P1D", "P1DT", "PT1.5H", "PT0,5M", "P", "PT", "P1H", "PT5", "P1Y", "P1W", "+P1D", "pt1h", "soon", "1 2 3", "--1", "3 weeks", " 90 ",
    "99:99:99", "1 00:00:00.9999999", "00:61", "1e3", "1.5 04:05:06", "\u0663",
]
ADDRESSES = [
    "", "127.0.0.1", " 10.0.0.1 ", "256.0.0.1", "1.2.3", "01.2.3.4", "1.2.3.4.5", "::1", "::", "2001:DB8::1", "2001:0db8:0000:0000:0000:0000:0000:0001", "::ffff:1.2.3.4", "fe80::1%eth0", "[::1]", "1::2::3", ":::", "g::1",
    "10.0.0.1/8", "localhost", "1" * 60, "\u0661.2.3.4",
]
NAMED = ["", "{}", "{\"a\": \"b\"}", "{\"a\": null}", "{\"a\": 1, \"b\": true}", "[]", "\"a\"", "{", "{\"a\": {\"b\": 1}}", "{\"a\": [1]}", "null"]
INTEGERS = ["|", "1|5", "1|", "|5", "5|1", "3|3", " 1 | 5 ", "a|5", "1|b", "a|b", "1.0|5", "1.5|5", "9999999999999999999999|"]
DECIMALS = ["|", "1.5|2.25", "2|1", "x|1", "|0.1", "nan|1"]
DAYS = ["|", "2026-01-01|2026-02-01", "11/22/2026|", "|Nov 22 2026", "2026-02-01|2026-01-01", "soon|2026-01-01", "2026-02-30|"]
CHOICES = ["s", "l", "S", "xl", " s", "<script>"]

INPUTS = {
    "text": WORDS, "text_optional": WORDS, "text_3_5": WORDS, "text_1": WORDS, "password": WORDS, "slug": WORDS + ["a-b_1", "a.b", "é", "way-too-long"],
    "email": EMAILS, "url": URLS, "integer": NUMBERS, "integer_min": NUMBERS, "float": NUMBERS, "decimal_5_2": NUMBERS, "decimal_2_2": NUMBERS, "decimal_1_0": NUMBERS,
    "boolean": BOOLEANS, "date": DATES, "time": TIMES, "datetime": MOMENTS + DATES, "uuid": UUIDS, "json": JSONS, "choice": CHOICES,
    "duration": DURATIONS, "ip": ADDRESSES, "named": NAMED, "integers": INTEGERS, "decimals": DECIMALS, "dates": DAYS,
}


def plain(value):
    if hasattr(value, "lower") and hasattr(value, "upper_inc"):
        ends = [end if end is None else str(end) for end in (value.lower, value.upper)]
        return "[" + (ends[0] or "") + "," + (ends[1] or "") + ")"
    if isinstance(value, datetime.timedelta):
        return value // datetime.timedelta(microseconds=1)
    if isinstance(value, datetime.datetime):
        value = value.astimezone(datetime.timezone.utc)
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")
    if isinstance(value, datetime.time):
        return value.isoformat("microseconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, (decimal.Decimal, uuid.UUID)):
        return str(value)
    return value


def outcome(field, text):
    given = text
    if isinstance(field, forms.BooleanField):
        given = field.widget.value_from_datadict({"x": text}, {}, "x")
    if isinstance(field, postgres.BaseRangeField):
        given = text.split("|")
    try:
        return {"value": plain(field.clean(given))}
    except ValidationError as error:
        return {"errors": error.messages}
    except OverflowError as error:
        return {"crash": str(error)}


cases = [[name, text, outcome(FIELDS[name], text)] for name, texts in INPUTS.items() for text in texts]
about = "Made by record.py with Django %s: field, text, outcome. Moments are in UTC, the form's zone is Europe/Berlin." % django.get_version()
print('{"about": %s, "cases": [' % json.dumps(about))
print(",\n".join(json.dumps(case) for case in cases))
print("]}")
