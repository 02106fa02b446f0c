//! The Liaoning notice of 2024 as a consultation, for tests that need one.

use zwfw_intake::vocabulary::{Clause, Consultation, Occupation, Part, Templates};

/// The title as published.
pub(crate) const TITLE: &str =
    "辽宁省关于进一步优化政务服务提升行政效能推动“高效办成一件事”的工作方案（征求意见稿）";

/// The notice's occupations in its order.
pub(crate) const OCCUPATIONS: [&str; 17] = [
    "公务员",
    "事业单位工作人员",
    "专业技术人员",
    "企业管理人员",
    "工人",
    "农民",
    "学生",
    "教师",
    "医生",
    "律师",
    "文体人员",
    "现役军人",
    "自由职业者",
    "个人经营者",
    "无业人员",
    "退(离)休人员",
    "其他",
];

/// Code, catch-word, further words.
const CLAUSES: &[(&str, &str, &[&str])] = &[
    ("二(一)1", "只进一门", &["一窗通办"]),
    ("二(一)2", "一网通办", &["全程网办"]),
    ("二(一)3", "一线应答", &["接诉即办", "12345"]),
    ("二(二)1", "集成办", &[]),
    ("二(二)2", "承诺办", &[]),
    ("二(二)3", "跨域办", &[]),
    ("二(二)4", "免申办", &[]),
    ("二(二)5", "掌上办", &["辽事通", "辽企通"]),
    ("二(二)6", "就近办", &[]),
    ("二(二)7", "免证办", &[]),
    ("二(二)8", "码上办", &[]),
    ("二(三)1", "业务数据化", &[]),
    ("二(三)2", "数据资源化", &[]),
    ("二(三)3", "服务智能化", &[]),
    ("二(四)1", "帮办代办", &[]),
    ("二(四)2", "公共服务供给", &[]),
    ("二(四)3", "增值服务", &[]),
    ("二(五)1", "标准化", &[]),
    ("二(五)2", "规范化", &[]),
    ("二(五)3", "协同化", &[]),
    ("二(六)1", "评估指标", &[]),
    ("二(六)2", "督查考核", &[]),
    ("三(一)", "组织实施", &[]),
    ("三(二)", "培训指导", &[]),
    ("三(三)", "安全保障", &[]),
    ("三(四)", "宣传引导", &[]),
    ("附件1", "企业信息变更", &[]),
    ("附件2", "开办运输企业", &[]),
    ("附件3", "开办餐饮店", &[]),
    ("附件4", "水电气网联合报装", &[]),
    ("附件5", "信用修复", &[]),
    ("附件6", "企业上市合法合规信息核查", &[]),
    ("附件7", "企业破产信息核查", &[]),
    ("附件8", "企业注销登记", &[]),
    ("附件9", "新生儿出生", &[]),
    ("附件10", "教育入学", &[]),
    ("附件11", "社会保障卡居民服务", &[]),
    ("附件12", "残疾人服务", &[]),
    ("附件13", "二手房转移登记及水电气网联动过户", &["二手房转移登记"]),
    ("附件14", "商品房不动产转移登记", &["新建商品房"]),
    ("附件15", "出租车从业资格", &["网约车从业资格"]),
    ("附件16", "退休", &[]),
    ("总体", "全文", &[]),
];

/// The consultation.
pub(crate) fn consultation() -> Consultation {
    Consultation {
        invited: Vec::new(),
        id: "liaoning-2024".to_owned(),
        short_title: "高效办成一件事工作方案".to_owned(),
        title: TITLE.to_owned(),
        subject_tag: format!("《{TITLE}》意见建议"),
        issuer: "辽宁".to_owned(),
        office_name: "辽宁省营商环境建设局".to_owned(),
        opens: Some("2024-02-27T16:00:00Z".parse().unwrap()),
        closes: "2024-03-13T16:00:00Z".parse().unwrap(),
        closes_in_words: "2024年3月13日24时".to_owned(),
        feedback_due: None,
        number_prefix: "LNZX-2024".to_owned(),
        office_phones: vec!["(024)83988812".to_owned()],
        office_addresses: vec!["zwfw@ln.gov.cn".to_owned(), "mhwz@ln.gov.cn".to_owned()],
        anchors: vec!["高效办成一件事".to_owned(), "一件事".to_owned()],
        occupations: OCCUPATIONS.iter().copied().map(Occupation::named).collect(),
        clauses: CLAUSES
            .iter()
            .map(|(code, name, also)| Clause {
                code: (*code).to_owned(),
                name: (*name).to_owned(),
                also: also.iter().map(|word| (*word).to_owned()).collect(),
                ..Clause::default()
            })
            .collect(),
        parts: [
            ("一", vec!["总体要求"]),
            ("二", vec!["工作任务", "主要任务", "重点任务"]),
            ("三", vec!["保障措施"]),
        ]
        .into_iter()
        .map(|(number, names)| Part {
            number: number.to_owned(),
            names: names.into_iter().map(ToOwned::to_owned).collect(),
        })
        .collect(),
        templates: Templates::default(),
    }
}
