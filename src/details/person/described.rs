//! What somebody says he is: `我是…`, `本人…，现为…`, `我的职业是…`, `我在家务农`.
//!
//! A phrase counts when its subject is the writer, everything between the subject and the verb is about him too, and the
//! speaker is the writer: 窗口的人说：“我是公务员” is somebody else's.

use std::borrow::Cow;
use std::ops::Range;

use crate::details::lexicon::occupations::{self, Known, Occupations};
use crate::details::lexicon::places::place_at_start;
use crate::details::lexicon::roles;
use crate::details::person::abroad;
use crate::details::person::glued::{self, split_glued};
use crate::details::person::name::{Proof, Reading, dotted, read_han};
use crate::details::text::fold::{fold_case, last_bytes};
use crate::details::text::numeral::is_to_ten;
use crate::vocabulary::language::{language_table, word_list};
use crate::vocabulary::pattern;

language_table!(pub(crate) SELF_DESCRIPTIONS, "language/self_descriptions.tsv");
word_list!(
    /// What 我是 begins without saying who one is: 我是想问…, 我是去年办的….
    NOT_ONESELF, SELF_DESCRIPTIONS, "says something else"
);
word_list!(
    /// What goes on about the same person behind an occupation: 教师兼作家.
    GOES_ON, SELF_DESCRIPTIONS, "goes on"
);
word_list!(
    /// What stands between the writer and the verb and is about somebody or something else: 我遇到的那位.
    ABOUT_ANOTHER, SELF_DESCRIPTIONS, "about another"
);
word_list!(
    /// Who speaks is told before what he says.
    SAYS, SELF_DESCRIPTIONS, "says"
);
word_list!(
    /// How the clause behind 作为… begins where the writer goes on about what others ought to do.
    OUGHT, SELF_DESCRIPTIONS, "ought"
);

word_list!(
    /// How what somebody does begins: 做小本买卖的.
    DOES, SELF_DESCRIPTIONS, "does"
);
word_list!(
    /// What says that an occupation follows: 职业是, I work as a.
    STATES, SELF_DESCRIPTIONS, "states an occupation"
);
word_list!(
    /// By what somebody earns his living: 跑远洋的.
    EARNS, SELF_DESCRIPTIONS, "earns"
);
pattern!(
    /// Where the writer speaks of himself.
    SUBJECT,
    r"(?:^|[^\p{Han}A-Za-z0-9])(?P<who>我们家|我家|我们|我|本人|俺们?家?|咱|笔者|在下|[鄙敝]人|老朽|不才|余|贫[僧道]|小僧|老衲)"
);

pattern!(
    /// What may join the writer to what he is.
    VERB, SELF_DESCRIPTIONS,
    r"(?x) (?P<is> 的?(?:现?职业|身份|本职工作|工作)(?:是|为|:) | 现(?:为|是|系|任) | 忝为 | 乃(?:一介)? | 原(?:系|是|为|任) | 是|系|为 | 一[名个位] )
      | (?P<does> 从事(?:了)? ) | (?P<lives> ⟨lives by⟩ | 做[^\s,。!?;:]{1,6}?(?:生意|买卖) | (?:开|经营)(?:了|着)?(?:一?[家个间])?\p{Han}{0,4}?⟨shop of one's own⟩ | 在\p{Han}{1,8}?(?:上班|工作) | 在\p{Han}{1,8}?养\p{Han}{1,3} | 以\p{Han}{1,8}(?:为生|为业|糊口|谋生|维生) | (?P<trade>⟨earns⟩\p{Han}{1,5}的) ) | (?P<acts> 当|做|干|担任|任职 )"
);

pattern!(
    /// One piece of what stands between: a particular of the writer.
    PARTICULAR, SELF_DESCRIPTIONS,
    r"(?x)^(?: ⟨now⟩+ | [小老]?两口子? | 夫[妻妇][俩二两]?人? | [^\s,。!?;:]{1,3}籍 | [^\s,。!?;:]{1,4}也 | (?:今年|现年)?[一二三四五六七八九]十有[一二三四五六七八九] | [0-9一二三四五六七八九十两几]{1,3}[家户个人位]⟨now⟩* | (?:男|女)性? | \p{Han}{1,3}族 | (?:今年|现年)? [0-9一二三四五六七八九十百两]{1,5} (?:周|多)?岁(?:多|了)? | 年[近届过逾][古稀花甲耄耋一二三四五六七八九十旬之岁]{2,4} | (?:19|20)[0-9]{2}年 [0-9月日]{0,6} (?:出生|生)?人?
      | [0-9一二三四五六七八九十几多]{1,4}年前? | (?:中共|老)?(?:党员|群众)
      | (?:⟨now⟩|家|户籍|祖籍|籍贯|曾|曾经|原)*(?:定?居(?:住)?|旅居|客居|住|在|于|来自|出生|生于|毕业|开|经营) [^\s,。!?;:]{1,30}
      | (?:当过兵|参过军|退伍|退役|下岗|毕业|退休|复员|转业)[^\s,。!?;:]{0,12}(?:在[^\s,。!?;:]{1,12})?
      | (?:是|系|为)[^\s,。!?;:]{1,16} | \p{Han}{2,16}人 )$"
);

pattern!(
    /// `作为一名教师`, without 我 before it.
    AS,
    r"(?:^|[\s,。!?;:、(>-])(?:作为|身为)(?P<one>一名|一个|一位|一家|名)?(?P<what>[^\s,。!?;:]{2,40})"
);

pattern!(
    /// What goes on about oneself: `，也是退休干部`.
    ALSO,
    r"^,\s?(?:也是|同时是|同时也是|又是|还是|现在是|现为|现是)(?P<what>[^\s,。!?;:]{2,40})"
);

pattern!(
    /// What says that somebody lives by it: the end of the clause, or for how long.
    SO_LIVES,
    r"^(?:$|[^\p{Han}A-Za-z0-9]|了|滴|哒|哦|呀|啦|多年|已?有?[0-9一二三四五六七八九十几好]{1,4}余?多?年|为生|谋生|维生|在家|前|后|人员|工人|教师|职工|干部|老|的(?:$|[\s,。!?;:、)]|老|教师|工人|职工|干部|医生|护士))"
);

pattern!(
    /// `当了二十年`, before the occupation that somebody has.
    FOR_LONG,
    r"^(?:了|着|的是)?(?:[0-9一二三四五六七八九十几好]{1,4}余?多?年的?|(?:大?半|一)辈子的?)?(?:一?[名个位])?"
);

pattern!(
    /// `I am a teacher at a language school`, `I work as an engineer`
    IN_ENGLISH,
    r"(?i)(?:^|[\s,.!])(?:I am|I'm|I’m|I work as)\s(?:an?\s)(?P<what>[a-z][a-z -]{2,40}?)(?:\s(?:at|in|from|of|and|with|for|who|here|living|working|based|teaching|studying)\s|[,.;!]|$)|my name is [a-z .'’-]{2,40}?, (?:an? )?(?P<named_what>[a-z][a-z -]{2,40}?)(?:\s(?:at|in|from|of|and|with|for|who|here)\s|[,.;!]|$)"
);

pattern!(
    /// `مەن بىر سېسترا`, `я преподаватель русского языка`, `日本人会社員の佐藤と申します`, `工場長をしております`, `저는 식당을 운영하는`. Classes of scripts
    /// would take megabytes.
    IN_OTHERS,
    r"(?:^|[\s,.!])[яЯ]\s(?:[—-]\s)?(?P<russian>[^,.;!?]+?)(?:\s(?:в|из|на|и)\s|[,.;!]|$)|(?:^|[\s、。])(?:[^\s,.、。]{1,12}で)?(?P<owner>[^\s,.、。はがでを]+を経営)して|(?P<japanese>[^\s,.、。はがでをの]+)(?:を(?:して|務めて|やって)|(?:の|で、?|、)[^,.、。]{2,16}と申し|です)|저는\s(?P<korean>[^,.!]+)|(?P<runs>[가-힣 ]{2,30}?하는)\s[가-힣]{3}입니다|مەن\sبىر\s(?P<uyghur>[^،؛,.!؟?]{2,40})(?:[،؛,.!؟?]|$)"
);

pattern!(
    /// `病院で看護師をしております`, `요양원에서 간호사로 일하고 있는`: as what somebody works.
    WORKS_ABROAD,
    r"(?P<japanese>[^\s,.、。はがでをの]+)を(?:して|务めて|やって)|(?P<korean>[가-힣]{2,8}?)(?:으로|로)\s(?:일하|근무하|재직)"
);

/// `유학생 이수진입니다`: without the name that stands behind it.
fn without_name(place: Range<usize>, text: &str) -> Range<usize> {
    let said = ["입니다", "이에요", "예요"].iter().find_map(|end| text.trim_end().strip_suffix(end));
    let front = said.and_then(|said| said.rsplit_once(' ')).filter(|(_, name)| abroad::is_korean_name(name));
    // 저는 심양에 사는 김영수입니다 says nothing of that sort.
    let front = front.map(|(front, _)| front).filter(|front| !front.contains(' '));
    front.map_or(place.clone(), |front| place.start..place.start + front.len())
}

/// What the writer says in other languages that he is.
pub(crate) fn in_other_tongues(text: &str) -> Vec<Range<usize>> {
    const MOST: usize = 5;
    let english = IN_ENGLISH.captures_iter(text).take(MOST);
    let english = english.filter_map(|found| found.name("what").or_else(|| found.name("named_what")));
    let others = IN_OTHERS.captures_iter(text).take(MOST).filter_map(|found| {
        ["russian", "owner", "japanese", "korean", "runs", "uyghur"]
            .into_iter()
            .find_map(|tongue| found.name(tongue))
    });
    let works = WORKS_ABROAD.captures_iter(text).take(MOST);
    let works = works.filter_map(|found| found.name("japanese").or_else(|| found.name("korean")));
    works.chain(english).chain(others).map(|found| without_name(found.range(), found.as_str())).collect()
}

/// How far behind 我们 its verb stands, in characters: 我们三家都是….
const TOGETHER_CHARS: usize = 5;

/// How far behind the subject a verb is looked for, in bytes.
const REACH_BYTES: usize = 300;

/// The longest phrase that says what somebody is, in characters.
const PHRASE_CHARS: usize = 60;

/// What the writer says of himself in a folded line: places of the phrases.
pub(crate) fn self_descriptions(text: &str) -> Vec<Range<usize>> {
    const MOST: usize = 40;
    let mut places = Vec::new();
    for who in SUBJECT.captures_iter(text).filter_map(|found| found.name("who")).take(MOST) {
        if is_reported(text, who.start()) {
            continue;
        }
        // 我们 speaks of more than the writer: only what stands behind it at once is said of him.
        let together = who.as_str() == "我们";
        let near = |place: &Range<usize>| {
            !together
                || text.get(who.end()..place.start).is_some_and(|verb| verb.chars().count() <= TOGETHER_CHARS)
        };
        for place in said_of(text, who.end()).into_iter().filter(near) {
            places.push(place.clone());
            // 我是老党员，也是退休干部
            let behind = text.get(place.end..).unwrap_or_default();
            if let Some(also) = ALSO.captures(behind).and_then(|found| found.name("what")) {
                places.push(place.end + also.start()..place.end + also.end());
            }
        }
    }
    let own = |found: &regex::Captures<'_>| {
        let what = found.name("what")?;
        let behind = text.get(what.end()..)?.trim_start_matches([',', ' ']);
        let ends = behind.is_empty() || behind.starts_with(['。', '!', ';']);
        let fits = if ends { found.name("one").is_some() } else { OUGHT.at_start(behind).is_none() };
        (fits && !is_reported(text, what.start())).then(|| what.range())
    };
    places.extend(AS.captures_iter(text).take(MOST).filter_map(|found| own(&found)));
    // 当过工人，后来做乡村医生直到现在: what one still is comes first.
    places
        .sort_by_key(|place| text.get(place.end..).is_none_or(|behind| UNTIL_NOW.at_start(behind).is_none()));
    places
}

word_list!(
    /// What says that somebody still does what he did.
    UNTIL_NOW, SELF_DESCRIPTIONS, "until now"
);

/// What is said of the writer, whose mention ends at byte `at`.
fn said_of(text: &str, at: usize) -> Vec<Range<usize>> {
    let rest = text.get(at..).unwrap_or_default();
    let reach = rest.get(..rest.floor_char_boundary(REACH_BYTES)).unwrap_or_default();
    let sentence = reach.split(['。', '!', '?', ';']).next().unwrap_or_default();
    let apposed =
        apposed(sentence).or_else(|| counted(sentence)).map(|place| at + place.start..at + place.end);
    let said = VERB.captures_iter(sentence).take(12).filter_map(|found| said_by(sentence, &found));
    said.map(|place| at + place.start..at + place.end).chain(apposed).collect()
}

/// `我叫乌日娜，蒙古族，牧民，…`: an occupation among the particulars behind the name.
fn apposed(sentence: &str) -> Option<Range<usize>> {
    const PIECES: usize = 6;
    let name = sentence.split(',').next().filter(|name| !name.is_empty())?;
    // 是湘潭市民席小东 and 是阿迪力·吐尔逊 name somebody too.
    let said = name.trim_start_matches(['是', '系']);
    // 叫于海 is a name, and 于海 is no place. 我今年七十岁，退休工人: who says how old he is says what he is.
    let mut named = !PARTICULAR.is_match(name)
        || name.ends_with('岁')
        || name.starts_with('年')
        || said.starts_with('叫')
        || dotted(said).is_some()
        || split_glued(said, true).is_some();
    let mut at = name.len() + 1;
    for piece in sentence.split(',').skip(1).take(PIECES) {
        if !is_about_oneself(sentence.get(..at)?) {
            return None;
        }
        // 我家在长海县，养扇贝的。
        if (named || piece.ends_with('的')) && occupations::is_whole(piece) {
            // 我在某地教游泳，是教练
            let lead = piece.len() - piece.trim_start_matches(['是', '系']).len();
            return Some(at + lead..at + piece.len());
        }
        // 做小本买卖的个体户, 跑远洋的船员
        if let Some((front, last)) = piece.rsplit_once('的')
            && named
            && (DOES.at_start(front).is_some() || EARNS.at_start(front).is_some())
            && !ABOUT_ANOTHER.inside(front)
            && occupations::is_whole(last)
        {
            return Some(at + piece.len() - last.len()..at + piece.len());
        }
        // 我是朝鲜族，叫崔美花，…
        named |= ["叫", "名叫", "名字叫"].iter().any(|called| piece.starts_with(called));
        at += piece.len() + 1;
    }
    None
}

/// `我写代码十几年，程序员一个，…`: who counts himself behind what he is, in a clause of its own.
fn counted(sentence: &str) -> Option<Range<usize>> {
    let mut at = 0;
    sentence.split(',').take(4).find_map(|clause| {
        let from = at;
        at += clause.len() + 1;
        let what = roles::uncounted(clause);
        let before = sentence.get(..from)?;
        let fits = from > 0 && what.len() < clause.len() && occupations::is_whole(what);
        (fits && !LACKS.inside(before)).then(|| from..from + what.len())
    })
}

word_list!(
    /// What is said before a list of people who are wanted: 还缺护士两名，医生一名.
    pub(super) LACKS, SELF_DESCRIPTIONS, "lacks people"
);

/// How much of a phrase behind 一个 says what somebody is, where it goes on as a sentence: 开小饭馆的 of 开小饭馆的交着房租.
fn trade_length(written: &str) -> Option<usize> {
    let end = written.find('的')? + '的'.len_utf8();
    written.get(..end).is_some_and(occupations::is_whole).then_some(end)
}

/// What a verb says of the subject that stands before the sentence.
fn said_by(sentence: &str, found: &regex::Captures<'_>) -> Option<Range<usize>> {
    let verb = found.get(0)?;
    if !is_about_oneself(sentence.get(..verb.start())?) {
        return None;
    }
    let behind = sentence.get(verb.end()..)?;
    let what = verb.end()..verb.end() + phrase(behind);
    let written = sentence.get(what.clone())?;
    let fits = if found.name("acts").is_some() {
        let long = FOR_LONG.find(written)?.end();
        written.get(long..).is_some_and(|what| {
            let what = UNTIL_NOW.at_end(what).and_then(|still| what.strip_suffix(still)).unwrap_or(what);
            occupations::is_whole(what) || begins_with_one(what)
        })
    } else if found.name("trade").is_some() && verb.start() > 0 {
        // 我是支持教师的 is none who teaches.
        return None;
    } else if found.name("lives").is_some() {
        return SO_LIVES.is_match(behind).then_some(verb.start()..what.end);
    } else {
        !written.is_empty() && NOT_ONESELF.at_start(written).is_none()
    };
    let mut what = what;
    if verb.as_str().starts_with('一')
        && let Some(length) = trade_length(written)
    {
        what.end = what.start + length;
    }
    if let Some(still) = UNTIL_NOW.at_end(written) {
        what.end -= still.len();
    }
    // 当了赤脚医生
    let lead = written.len() - written.trim_start_matches(['了', '着', '过', ' ']).len();
    fits.then_some(what.start + lead..what.end)
}

/// 老师十几年了: the occupation stands first.
fn begins_with_one(what: &str) -> bool {
    let end = what.find(|c: char| {
        c.is_ascii_digit() || is_to_ten(c) || matches!(c, '好' | '几' | '多' | '了' | '已' | '很')
    });
    end.and_then(|end| what.get(..end)).is_some_and(occupations::is_whole)
}

/// How long the phrase is: to a blank, a mark, or, in a text without any, the next 我.
fn phrase(text: &str) -> usize {
    let article = ["一名", "一位", "一个", "名"].iter().find(|word| text.trim_start().starts_with(**word));
    let mut skipped = text.len() - text.trim_start_matches(' ').len();
    if let Some(article) = article {
        skipped += article.len();
        let behind = text.get(skipped..).unwrap_or_default();
        skipped += behind.len() - behind.trim_start_matches(' ').len();
    }
    let mut letters = false;
    for (count, (at, c)) in text.char_indices().enumerate().filter(|(_, (at, _))| *at >= skipped) {
        let next = text.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
        let within = c == ' ' && letters && next.is_some_and(|c| c.is_ascii_alphabetic());
        letters = c.is_ascii_alphabetic();
        let ends = c.is_whitespace() && !within || matches!(c, ',' | '。' | '!' | '?' | ';' | ':' | '~');
        if ends || c == '我' && at > skipped || count >= PHRASE_CHARS {
            return at;
        }
    }
    text.len()
}

/// Whether everything between the writer and the verb is about him.
fn is_about_oneself(between: &str) -> bool {
    between.split([',', ' ', '(', ')', '、', ':']).filter(|piece| !piece.is_empty()).all(|piece| {
        // 我爱人是…
        if ABOUT_ANOTHER.at_start(piece).is_some_and(|word| word.chars().nth(1).is_some()) {
            return false;
        }
        // 我的姓名是…
        let own = piece.strip_prefix('的').unwrap_or(piece);
        let named =
            ["中文名字叫", "中文名叫", "中文名", "名字叫", "名字是", "名叫", "姓名是", "姓名", "叫", "姓"]
                .iter()
                .find_map(|word| own.strip_prefix(word));
        let name = named.unwrap_or(piece);
        dotted(name).is_some()
            || matches!(read_han(name, Proof::Said), Reading::Name(_))
            || named.is_some() && name.is_ascii()
            || PARTICULAR.is_match(piece) && !ABOUT_ANOTHER.inside(&without_place(without_past(piece)))
    })
}

/// 在广州某某街开店: what a place is called says nothing of anybody.
fn without_place(piece: &str) -> Cow<'_, str> {
    const WHERE: [&str; 5] = ["在", "来自", "家住", "住", "于"];
    let Some((at, _)) = WHERE.iter().find_map(|word| Some((piece.find(word)? + word.len(), word))) else {
        return Cow::Borrowed(piece);
    };
    let (front, place) = piece.split_at(at);
    // 在办事大厅做受理员
    if let Some(hall) = ["办事大厅", "办事处", "办事中心"].iter().find(|hall| place.ends_with(**hall))
    {
        return Cow::Owned(format!("{front}{}", place.strip_suffix(*hall).unwrap_or(place)));
    }
    let units = ['省', '市', '区', '县', '旗', '镇', '乡', '村', '屯', '街', '路', '巷'];
    let known = place_at_start(place).map_or(0, str::len);
    let end = place.rfind(units).map_or(known, |unit| known.max(unit + '省'.len_utf8()));
    // 在我父亲的店里 is somebody's.
    let is_plain =
        known > 0 && !place.get(..end).is_some_and(|place| place.contains(['我', '他', '她', '的']));
    Cow::Owned(format!("{front}{}", place.get(if is_plain { end } else { 0 }..).unwrap_or_default()))
}

/// 曾在街道工作二十年 is about oneself too.
fn without_past(piece: &str) -> &str {
    ["曾经", "曾"].iter().find_map(|past| piece.strip_prefix(past)).unwrap_or(piece)
}

/// Whether somebody else speaks at byte `at`: behind 说：, or within quotation marks that follow such a word.
fn is_reported(text: &str, at: usize) -> bool {
    let before = last_bytes(text, at, 240);
    let open = before
        .rfind(['“', '「'])
        .filter(|open| !before.get(*open..).is_some_and(|quoted| quoted.contains(['”', '」'])));
    let before = open.and_then(|open| before.get(..open)).unwrap_or(before);
    let mark = before.trim_end_matches([' ', ':', ',', '“', '‘']);
    if open.is_none() && mark.len() == before.trim_end().len() {
        return false;
    }
    let clause = mark.rsplit([',', '。', '!', '?', ';']).next().unwrap_or(mark);
    let own = clause.trim_start().starts_with(['我', '俺', '咱']) || clause.contains("本人");
    // Within quotation marks in a sentence, whoever speaks is not the writer, whatever the verb.
    !own && (SAYS.at_end(clause).is_some() || open.is_some() && !mark.is_empty())
}

/// `职业是…`: whether the phrase at byte `at` is called an occupation by whoever says it; no list need know the word then.
pub(crate) fn is_called_occupation(text: &str, at: usize) -> bool {
    text.get(..at).is_some_and(|before| STATES.at_end(before.trim_end()).is_some())
}

/// The longest trade that is told by the one who practises it, in characters: 珠宝设计 by 珠宝设计师.
const TRADE_CHARS: usize = 6;

/// Maps what somebody says of himself; the occupation must end the phrase, or what goes on must be about himself:
/// 我是听保安说的 names somebody else's.
///
/// `name`: the writer's, where it is known; his own may be a word too: 在读学生李想.
pub(crate) fn map_described(written: &str, occupations: &Occupations, name: Option<&str>) -> Option<Known> {
    let phrase = fold_case(written);
    let insisted = glued::without_oneself(&phrase);
    let named = name.and_then(|name| phrase.strip_suffix(name).or_else(|| insisted.strip_suffix(name)));
    let phrase = named
        .unwrap_or(&phrase)
        .trim()
        .trim_end_matches(['的', '了', '滴', '哒', '呀', '啦', '~', ' ', '.', ')', '(']);
    let mapped = occupations.known(if named.is_some() { phrase } else { written })?;
    let own = occupations::is_whole(phrase)
        || occupations.words().any(|word| phrase.ends_with(word))
        || occupations.words().any(|word| {
            phrase.match_indices(word).any(|(at, _)| phrase.get(at + word.len()..).is_some_and(goes_on))
        });
    // 从事室内设计师工作, 从事珠宝设计; 没有工作 is what it says.
    let trade = ["工作", "行业", "一职", "职业"].iter().find_map(|end| phrase.strip_suffix(end));
    let practised = trade.unwrap_or(phrase);
    let short = practised.chars().take(TRADE_CHARS + 1).count() <= TRADE_CHARS;
    let is_trade = trade.is_some_and(occupations::is_whole)
        || short && occupations::is_whole(&format!("{practised}师"))
        || occupations::keeps_a_shop(phrase);
    (own || is_trade).then_some(mapped)
}

/// Whether what stands behind an occupation goes on about the same person: 护士长, 教师兼作家, 教师王芳.
fn goes_on(behind: &str) -> bool {
    let separated = |c: char| !c.is_alphanumeric() || c.is_ascii_digit() || is_to_ten(c);
    behind.starts_with(separated)
        || GOES_ON.at_start(behind).is_some()
        || matches!(read_han(behind, Proof::Form), Reading::Name(_))
}
