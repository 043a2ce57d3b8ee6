//! Random queries, each as ours and as Python.

use std::fmt::Write as _;
use std::future::Future;
use std::pin::Pin;

use demijohn_core::Result;
use demijohn_orm::{
    Column, Condition, Db, ForeignKey, Model as _, QuerySet, Timestamp, avg, count, count_rows, exists, max, min, sum,
    when,
};
use serde_json::{Value, json};

use super::models::{Comment, Post, Tag, User};

/// A query of ours, ready to be asked.
type Ours = Box<dyn for<'a> FnOnce(&'a Db) -> Pin<Box<dyn Future<Output = Result<Value>> + 'a>>>;

/// One query, twice.
pub(crate) struct Generated {
    pub(crate) python: String,
    pub(crate) ours: Ours,
}

fn generated(
    python: String,
    ours: impl for<'a> FnOnce(&'a Db) -> Pin<Box<dyn Future<Output = Result<Value>> + 'a>> + 'static,
) -> Generated {
    Generated { python, ours: Box::new(ours) }
}

/// A condition, and the `Q` of the same meaning.
type Both = (Condition, String);

/// Makes queries from values that the database holds.
pub(crate) struct Generator {
    state: u64,
    names: Vec<String>,
    moments: Vec<i64>,
    words: Vec<String>,
}

const WORDS: [&str; 16] =
    ["arg", "ERROR", "Path", "_", "%", "list", ".", "get", "the", "a", "Z", "\\", "str", "json", "io", "'"];

impl Generator {
    pub(crate) async fn new(seed: u64, db: &Db) -> Self {
        let names = User::objects().select(|u| u.username).order_by(|u| u.id).all(db).await.expect("there are users");
        let moments =
            Post::objects().select(|p| p.created_at).order_by(|p| p.id).all(db).await.expect("there are posts");
        let words = Post::objects().select(|p| p.title).order_by(|p| p.id).all(db).await.expect("there are posts");
        let moments = moments.into_iter().step_by(37).map(Timestamp::as_microsecond).collect();
        Self { state: seed, names, moments, words: words.into_iter().step_by(53).collect() }
    }

    /// The next number below `below` (splitmix64).
    fn below(&mut self, below: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % below as u64) as usize
    }

    fn id(&mut self) -> i64 {
        self.below(2400) as i64
    }

    fn moment(&mut self) -> i64 {
        let n = self.below(self.moments.len());
        self.moments[n]
    }

    fn word(&mut self) -> String {
        match self.below(4) {
            0 => {
                let n = self.below(self.names.len());
                self.names[n].clone()
            }
            1 => {
                let n = self.below(self.words.len());
                self.words[n].clone()
            }
            _ => WORDS[self.below(WORDS.len())].to_owned(),
        }
    }

    pub(crate) fn query(&mut self) -> Generated {
        match self.below(14) {
            0..=2 => self.posts(),
            3..=5 => self.comments(),
            6 => self.counted(),
            7 => self.grouped_comments(),
            8 => self.grouped_posts(),
            9 => self.whole(),
            10 => self.distinct(),
            11 => self.subquery(),
            12 => self.computed(),
            _ => self.sets(),
        }
    }

    fn posts(&mut self) -> Generated {
        let (query, mut python) = self.post_set();
        let (steps, names) = self.below_pair();
        let query = match steps {
            0 => query.order_by(|p| (p.title.desc(), p.id)),
            1 => query.order_by(|p| (p.author().username, p.created_at.desc(), p.id)),
            _ => query.order_by(|p| p.id.desc()),
        };
        python +=
            [".order_by('-title', 'id')", ".order_by('author__username', '-created_at', 'id')", ".order_by('-id')"]
                [steps];
        let (query, slice) = self.sliced(query, names);
        let _ = write!(python, ".values_list('id', 'title', 'created_at', 'author__username'){slice}");
        generated(python, |db| {
            Box::pin(async move {
                let rows = query.select(|p| (p.id, p.title, p.created_at, p.author().username)).all(db).await?;
                Ok(rows
                    .into_iter()
                    .map(|(id, title, at, name)| json!([id, title, at.as_microsecond(), name]))
                    .collect())
            })
        })
    }

    fn comments(&mut self) -> Generated {
        let (query, mut python) = self.comment_set();
        let (steps, names) = self.below_pair();
        let query = match steps {
            0 => query.order_by(|c| (c.post().title, c.id.desc())),
            1 => query.order_by(|c| (c.approved, c.post().author().username.desc(), c.id)),
            _ => query.order_by(|c| (c.created_at, c.id)),
        };
        python += [
            ".order_by('post__title', '-id')",
            ".order_by('approved', '-post__author__username', 'id')",
            ".order_by('created_at', 'id')",
        ][steps];
        let (query, slice) = self.sliced(query, names);
        let _ = write!(python, ".values_list('id', 'approved', 'post__title', 'author__username'){slice}");
        generated(python, |db| {
            Box::pin(async move {
                let rows = query
                    .select(|c| (c.id, c.approved, c.post().title, c.author().username.optional()))
                    .all(db)
                    .await?;
                Ok(rows.into_iter().map(|(id, approved, title, name)| json!([id, approved, title, name])).collect())
            })
        })
    }

    fn counted(&mut self) -> Generated {
        let (query, python) = self.comment_set();
        let slices = self.below(3) == 0;
        let (query, slice) = self.sliced(query.order_by(|c| c.id), usize::from(slices));
        if self.below(2) == 0 {
            return generated(format!("{python}.order_by('id'){slice}.count()"), |db| {
                Box::pin(async move { Ok(json!(query.count(db).await?)) })
            });
        }
        generated(format!("{python}.order_by('id'){slice}.exists()"), |db| {
            Box::pin(async move { Ok(json!(query.exists(db).await?)) })
        })
    }

    fn grouped_comments(&mut self) -> Generated {
        let (query, python) = self.comment_set();
        let least = self.below(6) as i64;
        let python = format!(
            "{python}.values('post__author__username').annotate(n=Count('id'), d=Count('author', distinct=True), \
             m=Max('created_at'), s=Sum('post_id')).filter(n__gt={least}).order_by('post__author__username')\
             .values_list('post__author__username', 'n', 'd', 'm', 's')"
        );
        generated(python, move |db| {
            Box::pin(async move {
                let rows = query
                    .select(|c| {
                        let name = c.post().author().username;
                        (name, count(c.id), count(c.author).distinct(), max(c.created_at), sum(c.post().id))
                    })
                    .having(|c| count(c.id).gt(least))
                    .order_by(|c| c.post().author().username)
                    .all(db)
                    .await?;
                let row = |(name, n, d, m, s): (String, i64, i64, Option<Timestamp>, Option<i64>)| {
                    json!([name, n, d, m.map(Timestamp::as_microsecond), s])
                };
                Ok(rows.into_iter().map(row).collect())
            })
        })
    }

    fn grouped_posts(&mut self) -> Generated {
        let (query, python) = self.post_set();
        let python = format!(
            "{python}.values('author__is_staff').annotate(n=Count('id', filter=Q(title__icontains='e')), a=Avg('id'), \
             l=Min('title')).order_by('author__is_staff').values_list('author__is_staff', 'n', 'a', 'l')"
        );
        generated(python, |db| {
            Box::pin(async move {
                let rows = query
                    .select(|p| {
                        let with_e = count(p.id).only(p.title.icontains("e"));
                        (p.author().is_staff, with_e, avg(p.id), min(p.title))
                    })
                    .order_by(|p| p.author().is_staff)
                    .all(db)
                    .await?;
                let row = |(staff, n, a, l): (bool, i64, Option<f64>, Option<String>)| json!([staff, n, rounded(a), l]);
                Ok(rows.into_iter().map(row).collect())
            })
        })
    }

    fn whole(&mut self) -> Generated {
        let (query, python) = self.post_set();
        let python = format!("[{python}.aggregate(n=Count('*'), l=Min('id'), m=Max('title'), a=Avg('author_id'))]");
        generated(python, |db| {
            Box::pin(async move {
                let (n, l, m, a) =
                    query.select(|p| (count_rows(), min(p.id), max(p.title), avg(p.author().id))).get(db).await?;
                Ok(json!([[n, l, m, rounded(a)]]))
            })
        })
    }

    fn distinct(&mut self) -> Generated {
        let (query, python) = self.comment_set();
        let python = format!(
            "{python}.order_by('post__author__username', 'approved').values_list('post__author__username', 'approved').distinct()"
        );
        generated(python, |db| {
            Box::pin(async move {
                let rows = query
                    .select(|c| (c.post().author().username, c.approved))
                    .distinct()
                    .order_by(|c| (c.post().author().username, c.approved))
                    .all(db)
                    .await?;
                Ok(rows.into_iter().map(|(name, approved)| json!([name, approved])).collect())
            })
        })
    }

    fn subquery(&mut self) -> Generated {
        let (inner, inner_python) = self.comment_set();
        let (outer, outer_python) = self.post_set();
        let negated = self.below(3) == 0;
        let correlated = self.below(2) == 0;
        let condition = if correlated {
            format!("Exists({inner_python}.filter(post=OuterRef('pk')))")
        } else {
            format!("Q(pk__in={inner_python}.order_by().values('post_id'))")
        };
        let sign = if negated { "~" } else { "" };
        let python = format!("{outer_python}.filter({sign}{condition}).order_by('id').values_list('id')[:40]");
        generated(python, move |db| {
            Box::pin(async move {
                let outer = outer.filter(|p| {
                    let condition = if correlated {
                        exists(inner.filter(|c| c.post.eq(p.id)))
                    } else {
                        p.id.in_query(inner.select(|c| c.post))
                    };
                    if negated { !condition } else { condition }
                });
                let rows = outer.order_by(|p| p.id).limit(40).select(|p| p.id).all(db).await?;
                Ok(rows.into_iter().map(|id| json!([id])).collect())
            })
        })
    }

    fn computed(&mut self) -> Generated {
        let (query, python) = self.post_set();
        let (by, limit) = (1 + self.below(9) as i64, self.id());
        let python = format!(
            "{python}.annotate(x=F('id') * {by} + F('author_id'), u=Upper('title'), l=Length('title'), \
             c=Case(When(id__gt={limit}, then=Value(1)), default=Value(0))).order_by('id').values_list('x', 'u', 'l', 'c')[:30]"
        );
        generated(python, move |db| {
            Box::pin(async move {
                let rows = query
                    .order_by(|p| p.id)
                    .limit(30)
                    .select(|p| {
                        let high = when::<i64>(p.id.gt(limit), 1, 0);
                        (p.id * by + p.author().id, p.title.upper(), p.title.length(), high)
                    })
                    .all(db)
                    .await?;
                Ok(rows.into_iter().map(|(x, u, l, c)| json!([x, u, l, c])).collect())
            })
        })
    }

    /// The first and the last row, and tags by their own order.
    fn sets(&mut self) -> Generated {
        if self.below(3) == 0 {
            let word = self.word();
            let python =
                format!("Tag.objects.filter(~Q(name__icontains={}))[:25].values_list('name', 'slug')", quoted(&word));
            return generated(python, move |db| {
                Box::pin(async move {
                    let tags = Tag::objects().exclude(|t| t.name.icontains(word.as_str())).limit(25).all(db).await?;
                    Ok(tags.into_iter().map(|tag| json!([tag.name, tag.slug])).collect())
                })
            });
        }
        let (query, python) = self.comment_set();
        let python = format!(
            "[getattr({python}.order_by('post__title', 'id').{}(), 'id', None)]",
            ["first", "last"][self.below(1)]
        );
        generated(python, |db| {
            Box::pin(async move {
                let first = query.order_by(|c| (c.post().title, c.id)).first(db).await?;
                Ok(json!([first.map(|comment| comment.id)]))
            })
        })
    }

    fn post_set(&mut self) -> (QuerySet<Post>, String) {
        let mut query = Post::objects();
        let mut python = "Post.objects".to_owned();
        for _ in 0..self.below(3) {
            let excludes = self.below(4) == 0;
            let mut q = String::new();
            let condition = |p| {
                let (condition, text) = self.post_condition(p, 2);
                q = text;
                condition
            };
            query = if excludes { query.exclude(condition) } else { query.filter(condition) };
            let _ = write!(python, ".{}({q})", if excludes { "exclude" } else { "filter" });
        }
        (query, python)
    }

    fn comment_set(&mut self) -> (QuerySet<Comment>, String) {
        let mut query = Comment::objects();
        let mut python = "Comment.objects".to_owned();
        for _ in 0..self.below(3) {
            let excludes = self.below(4) == 0;
            let mut q = String::new();
            let condition = |c| {
                let (condition, text) = self.comment_condition(c, 2);
                q = text;
                condition
            };
            query = if excludes { query.exclude(condition) } else { query.filter(condition) };
            let _ = write!(python, ".{}({q})", if excludes { "exclude" } else { "filter" });
        }
        (query, python)
    }

    fn post_condition(&mut self, p: <Post as demijohn_orm::Model>::Columns, depth: usize) -> Both {
        if depth > 0 && self.below(2) == 0 {
            let (left, right) = (self.post_condition(p, depth - 1), self.post_condition(p, depth - 1));
            return self.joined(left, right);
        }
        match self.below(9) {
            0 | 1 => self.int(p.id, "id"),
            2 | 3 => self.text(p.title, "title"),
            4 => self.text(p.content, "content"),
            5 => self.time(p.created_at, "created_at"),
            6 => self.text(p.author().username, "author__username"),
            7 => self.int(p.author().id, "author__id"),
            _ => (p.author().is_staff.eq(true), "Q(author__is_staff=True)".to_owned()),
        }
    }

    fn comment_condition(&mut self, c: <Comment as demijohn_orm::Model>::Columns, depth: usize) -> Both {
        if depth > 0 && self.below(2) == 0 {
            let (left, right) = (self.comment_condition(c, depth - 1), self.comment_condition(c, depth - 1));
            return self.joined(left, right);
        }
        match self.below(12) {
            0 => self.int(c.id, "id"),
            1 => self.text(c.body, "body"),
            2 => self.time(c.created_at, "created_at"),
            3 if self.below(2) == 0 => (c.approved.eq(true), "Q(approved=True)".to_owned()),
            3 => (c.approved.eq(false), "Q(approved=False)".to_owned()),
            4 => self.null(c.author, "author"),
            5 | 6 => self.text(c.author().username, "author__username"),
            7 => self.text(c.post().title, "post__title"),
            8 => self.text(c.post().author().username, "post__author__username"),
            9 => (c.author.eq(c.post().author), "Q(author=F('post__author'))".to_owned()),
            10 => self.time(c.post().created_at, "post__created_at"),
            _ => (c.created_at.gt(c.post().created_at), "Q(created_at__gt=F('post__created_at'))".to_owned()),
        }
    }

    fn joined(&mut self, left: Both, right: Both) -> Both {
        match self.below(5) {
            0 => (left.0 & right.0, format!("({} & {})", left.1, right.1)),
            1 | 2 => (left.0 | right.0, format!("({} | {})", left.1, right.1)),
            3 => (!left.0 | right.0, format!("(~{} | {})", left.1, right.1)),
            _ => (!(left.0 & right.0), format!("~({} & {})", left.1, right.1)),
        }
    }

    fn int(&mut self, column: Column<i64>, name: &str) -> Both {
        let (a, b) = (self.id(), self.id());
        match self.below(7) {
            0 => (column.eq(a), format!("Q({name}={a})")),
            1 => (column.lt(a), format!("Q({name}__lt={a})")),
            2 => (column.le(a), format!("Q({name}__lte={a})")),
            3 => (column.gt(a), format!("Q({name}__gt={a})")),
            4 => (column.ge(a), format!("Q({name}__gte={a})")),
            5 => (column.between(a.min(b), a.max(b)), format!("Q({name}__range=({}, {}))", a.min(b), a.max(b))),
            _ => {
                let all: Vec<i64> = (0..self.below(30)).map(|_| self.id()).collect();
                (column.is_in(all.clone()), format!("Q({name}__in={all:?})"))
            }
        }
    }

    fn text(&mut self, column: Column<String>, name: &str) -> Both {
        let word = self.word();
        let q = |lookup: &str| format!("Q({name}{lookup}={})", quoted(&word));
        match self.below(8) {
            0 => (column.eq(word.as_str()), q("")),
            1 => (column.istartswith(word.as_str()), q("__istartswith")),
            2 => (column.iendswith(word.as_str()), q("__iendswith")),
            3 => (column.iexact(word.as_str()), q("__iexact")),
            4 => {
                let all = [word.clone(), self.word(), self.word()];
                let list: Vec<String> = all.iter().map(|word| quoted(word)).collect();
                (column.is_in(all), format!("Q({name}__in=[{}])", list.join(", ")))
            }
            _ => (column.icontains(word.as_str()), q("__icontains")),
        }
    }

    fn time(&mut self, column: Column<Timestamp>, name: &str) -> Both {
        let (a, b) = (self.moment(), self.moment());
        let at = |micros: i64| Timestamp::from_microsecond(micros).expect("it came from a timestamp");
        match self.below(4) {
            0 => (column.lt(at(a)), format!("Q({name}__lt=at({a}))")),
            1 => (column.ge(at(a)), format!("Q({name}__gte=at({a}))")),
            2 => (column.eq(at(a)), format!("Q({name}=at({a}))")),
            _ => (
                column.between(at(a.min(b)), at(a.max(b))),
                format!("Q({name}__range=(at({}), at({})))", a.min(b), a.max(b)),
            ),
        }
    }

    fn null(&mut self, column: Column<Option<ForeignKey<User>>>, name: &str) -> Both {
        match self.below(3) {
            0 => (column.is_null(), format!("Q({name}__isnull=True)")),
            1 => (!column.is_null(), format!("Q({name}__isnull=False)")),
            _ => {
                let key = 1 + self.below(12) as i64;
                (column.eq(key), format!("Q({name}={key})"))
            }
        }
    }

    fn below_pair(&mut self) -> (usize, usize) {
        (self.below(3), self.below(2))
    }

    fn sliced<M: demijohn_orm::Model>(&mut self, query: QuerySet<M>, slices: usize) -> (QuerySet<M>, String) {
        let (offset, limit) = (self.below(30) as u64, 1 + self.below(60) as u64);
        if slices == 0 {
            return (query.limit(200), "[:200]".to_owned());
        }
        (query.offset(offset).limit(limit), format!("[{offset}:{}]", offset + limit))
    }
}

/// Text as Python reads it.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn rounded(number: Option<f64>) -> Option<f64> {
    number.map(|number| (number * 1e6).round() / 1e6)
}
