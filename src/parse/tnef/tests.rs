use super::*;

fn attribute(id: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![1];
    bytes.extend(id.to_le_bytes());
    bytes.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
    bytes.extend(data);
    bytes.extend([0, 0]);
    bytes
}

fn stream(attributes: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = SIGNATURE.to_le_bytes().to_vec();
    bytes.extend([1, 0]);
    for one in attributes {
        bytes.extend(one);
    }
    bytes
}

fn property(kind: u16, id: u16, value: &[u8]) -> Vec<u8> {
    let mut bytes = 1_u32.to_le_bytes().to_vec();
    bytes.extend(kind.to_le_bytes());
    bytes.extend(id.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
    bytes.extend(value);
    bytes.extend(std::iter::repeat_n(0, (4 - value.len() % 4) % 4));
    bytes
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn text_and_files() {
    let gbk = encoding_rs::GB18030.encode("意见.doc\0").0.into_owned();
    let bytes = stream(&[
        attribute(ATT_OEM_CODEPAGE, &[0xa8, 3, 0, 0, 0, 0, 0, 0]),
        attribute(ATT_MAPI_PROPS, &property(0x1f, PR_BODY, &utf16("建议增加长辈模式\0"))),
        attribute(ATT_ATTACH_REND_DATA, &[0; 14]),
        attribute(ATT_ATTACH_TITLE, &gbk),
        attribute(ATT_ATTACH_DATA, b"one"),
        attribute(ATT_ATTACH_REND_DATA, &[0; 14]),
        attribute(ATT_ATTACH_TITLE, b"LONG~1.PDF\0"),
        attribute(ATT_ATTACH_DATA, b"two"),
        attribute(ATT_ATTACHMENT, &property(0x1f, PR_ATTACH_LONG_FILENAME, &utf16("盖章版意见.pdf\0"))),
    ]);
    let opened = open(&bytes, 1 << 20).unwrap();
    assert_eq!(opened.text.unwrap().text, "建议增加长辈模式");
    let files: Vec<(&str, &[u8])> =
        opened.files.iter().map(|file| (file.name.text.as_str(), file.bytes.as_slice())).collect();
    assert_eq!(files, [("意见.doc", &b"one"[..]), ("盖章版意见.pdf", b"two")]);
    for cut in 0..bytes.len() {
        open(&bytes[..cut], 1 << 20);
    }
    assert!(open(b"nothing of the kind", 1 << 20).is_none());
}

#[test]
fn compressed_text() {
    // [MS-OXRTFCP] section 4.1.1, the specification's own example.
    let example: [u8; 49] = [
        0x2d, 0x00, 0x00, 0x00, 0x2b, 0x00, 0x00, 0x00, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03,
        0x00, 0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68, 0x65,
        0x6c, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0,
    ];
    assert_eq!(rtf::text(&example, 1 << 20).unwrap().text.trim(), "hello world");
    let mut plain = vec![0; 8];
    plain.extend(b"MELA\0\0\0\0");
    plain.extend(
        b"{\\rtf1\\ansi\\ansicpg936{\\fonttbl{\\f0 x;}}\\uc1 \\u24314?\\'d2\\'e9\\par {\\*\\x y}a\\~b}",
    );
    assert_eq!(rtf::text(&plain, 1 << 20).unwrap().text, "建议\na b");
}
