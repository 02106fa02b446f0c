//! One spelling for what a reader takes for the same: widths, compatibility forms, case, traditional characters.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::mail::markers::is_invisible;

/// The traditional characters that stand for some character of one consultation's words.
///
/// Folding is not done for the whole language: 乾 and 後 are surnames and words of their own. Only what may
/// spell a character of the title or of the rules' own words is folded, on both sides of the comparison.
#[derive(Debug, Clone, Default)]
pub(super) struct Fold {
    simplified: HashMap<char, char>,
}

impl Fold {
    /// The part of the table that concerns the given words, however they are spelt themselves.
    pub(super) fn for_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let whole: HashMap<char, char> = pairs().collect();
        let wanted: std::collections::HashSet<char> = words
            .into_iter()
            .flat_map(UnicodeNormalization::nfkc)
            .map(|c| whole.get(&c).copied().unwrap_or(c))
            .collect();
        Self { simplified: whole.into_iter().filter(|(_, to)| wanted.contains(to)).collect() }
    }

    /// A text without blanks and invisible characters, compatibility forms resolved, lower case, punctuation
    /// kept. Reads at most `limit_chars` characters.
    pub(super) fn glyphs(&self, text: &str, limit_chars: usize) -> Vec<char> {
        let mut glyphs = Vec::with_capacity(text.len().min(limit_chars) / 3);
        for c in text.chars().take(limit_chars) {
            if is_plain_han(c) {
                glyphs.push(self.simplified(c));
            } else if !c.is_whitespace() && !is_invisible(c) {
                // Decomposed, so that é and e with an accent behind it are alike once marks are left out.
                let parts = std::iter::once(c).nfkd().flat_map(char::to_lowercase);
                glyphs.extend(parts.filter(|part| !part.is_whitespace()).map(|part| self.simplified(part)));
            }
        }
        glyphs
    }

    fn simplified(&self, c: char) -> char {
        self.simplified.get(&c).copied().unwrap_or(c)
    }

    /// What counts of a text: its letters, digits and Han.
    pub(super) fn core(&self, text: &str, limit_chars: usize) -> Vec<char> {
        self.glyphs(text, limit_chars).into_iter().filter(|c| c.is_alphanumeric()).collect()
    }
}

/// Han that have neither a compatibility form nor a case: nearly everything in a subject.
fn is_plain_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

/// The table as pairs of a written and a simplified character.
fn pairs() -> impl Iterator<Item = (char, char)> {
    PAIRS.split_whitespace().filter_map(|pair| {
        let mut chars = pair.chars();
        Some((chars.next()?, chars.next()?))
    })
}

/// Written, simplified. Traditional and variant forms of the characters that titles of government documents are
/// made of; the last lines are CJK radicals, which text copied out of a PDF contains and NFKC leaves alone.
const PAIRS: &str = "
遼辽 寧宁 關关 於于 進进 優优 務务 動动 辦办 徵征 見见 議议 歩步 衆众 眾众 專专 業业 東东 絲丝 兩两 嚴严 喪丧 個个 臨临 為为 爲为 麗丽 舉举 義义 烏乌 樂乐 習习 鄉乡
書书 買买 亂乱 爭争 虧亏 雲云 亞亚 產产 産产 畝亩 親亲 褻亵 億亿 僅仅 從从 侖仑 倉仓 儀仪 們们 價价 會会 傘伞 偉伟 傳传 傷伤 倫伦 偽伪 體体 傭佣 俠侠 侶侣 僥侥 偵侦
側侧 僑侨 儉俭 債债 傾倾 償偿 儲储 兒儿 兌兑 黨党 蘭兰 興兴 養养 獸兽 內内 岡冈 冊册 寫写 軍军 農农 馮冯 衝冲 決决 況况 凍冻 淨净 涼凉 減减 湊凑 凱凯 擊击 鑿凿 劃划
劉刘 則则 剛刚 創创 刪删 別别 剎刹 劑剂 劍剑 剝剥 劇剧 勸劝 勵励 勁劲 勞劳 勢势 勳勋 勝胜 區区 醫医 華华 協协 單单 賣卖 盧卢 衛卫 衞卫 卻却 廠厂 廳厅 曆历 歷历 厲厉
壓压 厭厌 廁厕 廈厦 廚厨 縣县 參参 雙双 發发 髮发 變变 敘叙 疊叠 葉叶 號号 嘆叹 嚇吓 嗎吗 啟启 啓启 吳吴 員员 聽听 嗚呜 詠咏 響响 噴喷 團团 園园 圍围 國国 圖图 圓圆
聖圣 場场 壞坏 塊块 堅坚 壇坛 壩坝 塢坞 墳坟 墜坠 壟垄 壘垒 墾垦 墊垫 塵尘 牆墙 墻墙 壯壮 聲声 殼壳 壺壶 處处 備备 複复 復复 覆复 夠够 頭头 誇夸 夾夹 奪夺 奮奋 獎奖
奧奥 婦妇 媽妈 嬰婴 孫孙 學学 寶宝 實实 寵宠 審审 憲宪 宮宫 寬宽 賓宾 寢寝 對对 尋寻 導导 壽寿 將将 爾尔 嘗尝 堯尧 屍尸 盡尽 儘尽 層层 屆届 屬属 屢屡 歲岁 豈岂 嶇岖
崗岗 島岛 嶺岭 峽峡 巒峦 鞏巩 幣币 帥帅 師师 帳帐 簾帘 幟帜 帶带 幫帮 幹干 廣广 莊庄 慶庆 廬庐 庫库 應应 廟庙 龐庞 廢废 開开 異异 棄弃 張张 彌弥 彎弯 彈弹 強强 歸归
當当 錄录 彥彦 徹彻 徑径 禦御 憶忆 懷怀 態态 憐怜 總总 戀恋 懇恳 惡恶 慟恸 惱恼 悅悦 懸悬 驚惊 懲惩 慣惯 憤愤 願愿 懶懒 戲戏 戰战 戶户 撲扑 執执 擴扩 掃扫 揚扬 擾扰
撫抚 拋抛 搶抢 護护 報报 擔担 擬拟 攏拢 揀拣 擁拥 攔拦 擰拧 撥拨 擇择 掛挂 摯挚 撓挠 擋挡 掙挣 擠挤 揮挥 撈捞 損损 撿捡 換换 據据 捲卷 擄掳 擲掷 摻掺 攬揽 攙搀 擱搁
摟搂 攪搅 攜携 攝摄 擺摆 搖摇 攤摊 撐撑 敵敌 斂敛 數数 齋斋 鬥斗 斬斩 斷断 無无 舊旧 時时 曠旷 曇昙 晝昼 顯显 曬晒 曉晓 暈晕 暉晖 暫暂 術术 機机 殺杀 雜杂 權权 條条
來来 楊杨 極极 構构 樞枢 棗枣 槍枪 楓枫 櫃柜 檸柠 標标 棧栈 棟栋 欄栏 樹树 樣样 橋桥 樺桦 檔档 檢检 樓楼 欖榄 櫻樱 橫横 歡欢 歐欧 殘残 毆殴 毀毁 畢毕 氈毡 氣气 氫氢
彙汇 匯汇 漢汉 湯汤 溝沟 沒没 淪沦 滄沧 滬沪 淚泪 潑泼 澤泽 潔洁 灑洒 淺浅 漿浆 澆浇 濁浊 測测 濟济 瀏浏 渾浑 濃浓 濤涛 漲涨 潤润 澗涧 淵渊 漬渍 漸渐 漁渔 滲渗 溫温
灣湾 濕湿 溼湿 潰溃 濺溅 滯滞 滾滚 滿满 濾滤 濫滥 濱滨 灘滩 瀟潇 瀝沥 滅灭 燈灯 靈灵 災灾 燦灿 爐炉 點点 煉炼 爍烁 爛烂 燭烛 煙烟 煩烦 燒烧 熱热 煥焕 愛爱 爺爷 牘牍
牽牵 犧牺 狀状 猶犹 獨独 獅狮 獄狱 獵猎 貓猫 獻献 環环 現现 瑪玛 璽玺 瓊琼 電电 畫画 暢畅 疇畴 療疗 瘋疯 癥症 癢痒 癮瘾 皺皱 盞盏 鹽盐 監监 蓋盖 盜盗 盤盘 矚瞩 矯矫
礦矿 礎础 碩硕 確确 磚砖 碼码 禮礼 禍祸 離离 種种 積积 稱称 穢秽 穩稳 穌稣 窮穷 竊窃 竅窍 窩窝 窪洼 豎竖 競竞 篤笃 筆笔 筍笋 籠笼 築筑 篩筛 籌筹 簽签 籤签 簡简 籃篮
籬篱 類类 糧粮 緊紧 糾纠 紀纪 約约 紅红 級级 紋纹 純纯 綱纲 納纳 縱纵 紛纷 紙纸 紡纺 線线 練练 組组 細细 織织 終终 紹绍 經经 綁绑 結结 繞绕 給给 絕绝 統统 繪绘 絡络
綜综 續续 維维 綿绵 綠绿 綴缀 緩缓 編编 緣缘 縮缩 績绩 繳缴 網网 羅罗 罰罚 罷罢 職职 聯联 聰聪 肅肃 腸肠 膚肤 腫肿 脹胀 腎肾 脅胁 膽胆 脈脉 腦脑 膠胶 臉脸 臟脏 髒脏
輿舆 艦舰 艙舱 艱艰 藝艺 節节 蘆芦 蘇苏 蘋苹 範范 莖茎 薦荐 蕩荡 榮荣 藥药 蓮莲 獲获 穫获 營营 蕭萧 薩萨 蔥葱 藍蓝 蔣蒋 蘊蕴 虛虚 蟲虫 雖虽 蝦虾 蝕蚀 蠶蚕 補补 襯衬
襲袭 裝装 製制 襪袜 規规 視视 覽览 覺觉 觀观 觸触 譽誉 計计 訂订 認认 討讨 讓让 訓训 記记 講讲 許许 論论 設设 訪访 證证 証证 評评 識识 訴诉 診诊 詞词 譯译 試试 詩诗
誠诚 話话 詢询 該该 詳详 語语 誤误 誘诱 說说 説说 請请 諸诸 諾诺 讀读 課课 誰谁 調调 談谈 誼谊 謀谋 諮咨 謂谓 謝谢 謠谣 謙谦 謹谨 譜谱 貝贝 負负 貢贡 財财 責责 賢贤
敗败 賬账 貨货 質质 販贩 貪贪 貧贫 購购 貯贮 貫贯 貴贵 貸贷 貿贸 費费 賀贺 賊贼 資资 賦赋 賭赌 賞赏 賜赐 賠赔 賴赖 賺赚 賽赛 贈赠 贊赞 讚赞 贏赢 趕赶 趙赵 趨趋 躍跃
踐践 踴踊 蹤踪 車车 軌轨 轉转 輪轮 軟软 轟轰 載载 輕轻 較较 輔辅 輛辆 輝辉 輩辈 輸输 轄辖 辭辞 辯辩 邊边 達达 遷迁 過过 邁迈 運运 還还 這这 遠远 違违 連连 遲迟 適适
選选 遜逊 遞递 邏逻 遺遗 郵邮 鄰邻 鄭郑 醬酱 釀酿 釋释 裡里 裏里 鑒鉴 鑑鉴 針针 釘钉 鈔钞 鈣钙 鋼钢 鑰钥 欽钦 鈞钧 鉤钩 鈕钮 錢钱 鉗钳 鑽钻 鐵铁 鉛铅 銀银 鋪铺 鏈链
銷销 鎖锁 鍋锅 鋒锋 銳锐 錯错 錦锦 鍵键 鍛锻 鎮镇 鏡镜 長长 門门 閃闪 閉闭 問问 闖闯 閒闲 間间 悶闷 鬧闹 聞闻 閩闽 閣阁 閱阅 闊阔 隊队 陽阳 陰阴 陣阵 階阶 際际 陸陆
陳陈 險险 隨随 隱隐 隸隶 難难 雛雏 霧雾 靜静 韌韧 韓韩 頁页 頂顶 項项 順顺 須须 頑顽 顧顾 頓顿 頒颁 預预 領领 頗颇 頸颈 頻频 題题 額额 顏颜 顛颠 風风 飛飞 飯饭 飲饮
飾饰 飽饱 飼饲 餅饼 餘余 館馆 饋馈 馬马 馳驰 驅驱 駁驳 駐驻 駕驾 駛驶 驗验 騎骑 騙骗 騰腾 驟骤 魚鱼 魯鲁 鮮鲜 鳥鸟 雞鸡 鳴鸣 鴨鸭 鵝鹅 鶴鹤 鷹鹰 麥麦 黃黄 黌黉 齊齐
齒齿 齡龄 龍龙 龜龟 準准 採采 係系 繫系 佈布 佔占 併并 並并 託托 慾欲 麵面 鐘钟 鍾钟 讎雠 臺台 檯台 颱台 誌志 註注 鬆松 鬍胡 閤合 醜丑 榖谷 穀谷 鬱郁 徬彷 乾干 後后
隻只 祇只 嚮向 週周 迴回 藉借 裊袅 稅税 戸户 録录 遊游 汙污 峯峰 羣群 牀床 鄕乡 靑青 淸清 眞真 鎭镇 槪概 敎教 旣既 敍叙 査查 沖冲 ⻋车 ⻓长 ⻔门 ⻛风 ⻚页 ⻅见 ⻢马
⻝食 ⻄西 ⺠民 ⻁虎 ⻘青 ⻜飞 ⻥鱼 ⻦鸟 ⻩黄 ⻬齐 ⻮齿 ⻰龙 ⻉贝 ⻆角 ⻣骨 ⻤鬼 ⻨麦 ⺎兀 ⺩王 ⺪疋 ⻎辶 ⻏邑
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_well_formed() {
        let mut seen = HashMap::new();
        for pair in PAIRS.split_whitespace() {
            assert_eq!(pair.chars().count(), 2, "{pair}");
        }
        for (from, to) in pairs() {
            assert_ne!(from, to);
            assert_eq!(seen.insert(from, to), None, "{from} stands twice");
        }
        assert!(pairs().all(|(_, to)| !seen.contains_key(&to)), "a simplified form is folded again");
    }

    #[test]
    fn only_what_the_words_need_is_folded() {
        let fold = Fold::for_words(["辽宁省关于"]);
        assert_eq!(fold.core("遼寧省關於 後續", 100).iter().collect::<String>(), "辽宁省关于後續");
        assert_eq!(Fold::for_words(["遼寧"]).core("辽宁 遼寧", 100).iter().collect::<String>(), "辽宁辽宁");
    }

    #[test]
    fn widths_blanks_and_invisible_characters_go() {
        let fold = Fold::default();
        assert_eq!(
            fold.core("\u{feff}（ＡＢＣ） １２\u{200b}３\r\n\t“甲”—乙", 100),
            "abc123甲乙".chars().collect::<Vec<_>>()
        );
        assert_eq!(fold.core("甲乙丙", 2), ['甲', '乙']);
        assert_eq!(fold.core("Cafe\u{301}", 9), fold.core("CAFÉ", 9));
    }
}
