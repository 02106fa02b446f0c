"""What an office writes for itself: imaplib, email, sqlite3, smtplib. `office.py FOLDER HOST IMAPS CA USER PASSWORD [SMTP]`."""

import email
import email.header
import email.message
import email.policy
import email.utils
import imaplib
import re
import smtplib
import sqlite3
import ssl
import sys


def main(folder, host, imaps, ca, user, password, smtp=None):
    database = sqlite3.connect(f"{folder}/office.sqlite3")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE IF NOT EXISTS letter (uid INTEGER PRIMARY KEY, message_id TEXT, sender TEXT, subject TEXT, "
                     "date TEXT, name TEXT, phone TEXT, text TEXT, raw BLOB)")
    database.execute("CREATE TABLE IF NOT EXISTS file (uid INTEGER, name TEXT, content BLOB)")
    server = smtplib.SMTP("127.0.0.1", int(smtp)) if smtp else None
    mailbox = imaplib.IMAP4_SSL(host, int(imaps), ssl_context=ssl.create_default_context(cafile=ca))
    mailbox.login(user, password)
    mailbox.select("INBOX", readonly=True)
    last = database.execute("SELECT coalesce(max(uid), 0) FROM letter").fetchone()[0]
    _, [found] = mailbox.uid("SEARCH", None, f"UID {last + 1}:*")
    for uid in found.split():
        _, data = mailbox.uid("FETCH", uid, "(BODY.PEEK[])")
        keep(database, int(uid), data[0][1], server)
    mailbox.logout()
    if server:
        server.quit()


def keep(database, uid, raw, server):
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    subject = str(letter["Subject"] or "")
    sender = email.utils.parseaddr(str(letter["From"] or ""))[1]
    text = ""
    for part in letter.walk():
        if part.get_content_maintype() == "text" and not text:
            charset = part.get_content_charset() or "utf-8"
            content = part.get_payload(decode=True) or b""
            text = content.decode({"gb2312": "gb18030", "gbk": "gb18030"}.get(charset, charset), "replace")
        elif part.get_filename():
            database.execute("INSERT INTO file VALUES (?, ?, ?)", (uid, part.get_filename(), part.get_payload(decode=True)))
    name = re.search(r"姓名[：:]\s*(\S+)", text)
    phone = re.search(r"1[3-9]\d{9}", text)
    database.execute("INSERT INTO letter VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     (uid, letter["Message-ID"], sender, subject, letter["Date"], name and name[1], phone and phone[0], text, raw))
    database.commit()
    if server and "意见建议" in subject and not letter["Auto-Submitted"]:
        answer = email.message.EmailMessage()
        answer["From"], answer["To"], answer["Subject"] = "zwfw@ln.gov.cn", sender, "来信收悉"
        answer["In-Reply-To"] = letter["Message-ID"]
        answer.set_content(f"您的来信已收到，编号 {uid}。感谢参与。\n")
        server.send_message(answer)


main(*sys.argv[1:])
