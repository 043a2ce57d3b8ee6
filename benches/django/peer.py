"""The same work in Django's ORM, as its documentation writes it: one process; 64 tasks are 64 threads.

usage: peer.py ADDRESS [--quick] [--case NAME], or peer.py --versions
It prints what the other peers print: `case TAB tasks TAB nanoseconds per operation`.
"""

import sys
import threading
import time
from urllib.parse import urlsplit

import django
from django.conf import settings

POSTS, USERS, BULK = 10_000, 12, 100_000


def database(address):
    """Django's settings for an address. On SQLite a commit is as sure as everywhere else in the run."""
    if address.startswith("sqlite://"):
        first = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"
        options = {"transaction_mode": "IMMEDIATE", "timeout": 60, "init_command": first}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": address[len("sqlite://"):], "OPTIONS": options}
    parts = urlsplit(address)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path[1:],
        "USER": parts.username,
        "PASSWORD": parts.password or "",
        "HOST": parts.hostname,
        "PORT": parts.port or 5432,
    }


def declare():
    from django.db import models

    class User(models.Model):
        id = models.BigAutoField(primary_key=True)
        password = models.CharField(max_length=128)
        last_login = models.DateTimeField(null=True)
        is_superuser = models.BooleanField()
        username = models.CharField(max_length=150, unique=True)
        last_name = models.CharField(max_length=150)
        email = models.CharField(max_length=254)
        is_staff = models.BooleanField()
        is_active = models.BooleanField()
        date_joined = models.DateTimeField()
        first_name = models.CharField(max_length=150)

        class Meta:
            app_label = "peer"
            db_table = "auth_user"

    class Post(models.Model):
        id = models.BigAutoField(primary_key=True)
        title = models.CharField(max_length=200)
        content = models.TextField()
        created_at = models.DateTimeField(auto_now_add=True)
        author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="posts")

        class Meta:
            app_label = "peer"
            db_table = "blog_post"

    return Post


def spread(n):
    """Numbers in no order, the same in every run."""
    product = (n * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) & (2**64 - 1)
    return abs((product - 2**64 if product >= 2**63 else product) >> 33)


def title(n):
    return f"On the number {n} and its neighbours"


def content(n):
    return f"{n} comes after {n - 1} and before {n + 1}. " * 9


def cases(Post):
    def point_read(n):
        return len(Post.objects.get(id=spread(n) % POSTS + 1).content)

    def join_page(n):
        page = Post.objects.select_related("author").order_by("-id")[:20]
        return sum(len(post.content) + len(post.author.username) for post in page)

    def thousand(n):
        first = spread(n) % (POSTS - 1_000) + 1
        return sum(len(post.content) for post in Post.objects.filter(id__gte=first).order_by("id")[:1_000])

    def insert(n):
        return Post.objects.create(title=title(n), content=content(n), author_id=spread(n) % USERS + 1).id

    return {
        "point read": point_read,
        "20-row join page": join_page,
        "1,000-row select": thousand,
        "single insert": insert,
    }


def run_for(seconds, tasks, work):
    """Nanoseconds a run of `work`, in so many threads together; each has a connection before the clock starts."""
    done, problems, ready = [0] * tasks, [], threading.Barrier(tasks + 1)

    def task(number):
        from django.db import connection

        try:
            work(number * 1_000_000)
            ready.wait()
            end = time.monotonic() + seconds
            while True:
                done[number] += 1
                work(number * 1_000_000 + done[number])
                if time.monotonic() >= end:
                    break
        except Exception as problem:
            problems.append(problem)
            ready.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=task, args=(number,)) for number in range(tasks)]
    for thread in threads:
        thread.start()
    try:
        ready.wait()
    except threading.BrokenBarrierError:
        raise problems[0]
    start = time.monotonic()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return (time.monotonic() - start) * 1e9 / sum(done)


def bulk(Post, rows):
    from django.db import transaction

    with transaction.atomic():
        rows = (Post(title=title, content=content, author_id=author) for title, content, author in rows)
        Post.objects.bulk_create(rows, batch_size=1_000)


def main():
    if sys.argv[1:] == ["--versions"]:
        import psycopg2

        python = sys.version.split()[0]
        print(f"Django {django.__version__}, psycopg2 {psycopg2.__version__.split()[0]}, Python {python}")
        return
    address, quick = sys.argv[1], "--quick" in sys.argv
    only = sys.argv[sys.argv.index("--case") + 1] if "--case" in sys.argv else None
    settings.configure(
        DATABASES={"default": database(address)}, INSTALLED_APPS=[], USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField"
    )
    django.setup()
    Post = declare()
    seconds = 0.15 if quick else 1.0
    for tasks in (1, 64):
        for name, work in cases(Post).items():
            if only not in (None, name):
                continue
            run_for(seconds / 5, tasks, work)
            print(f"{name}\t{tasks}\t{run_for(seconds, tasks, work)}", flush=True)
    name, count = "bulk insert, a row", BULK // 10 if quick else BULK
    if only in (None, name):
        rows = [(title(n), content(n), spread(n) % USERS + 1) for n in range(count)]
        bulk(Post, rows[: count // 10])
        start = time.monotonic()
        bulk(Post, rows)
        print(f"{name}\t1\t{(time.monotonic() - start) * 1e9 / count}")


main()
