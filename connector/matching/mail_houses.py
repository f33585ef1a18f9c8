"""Domains under which anybody may have an address or a page: sharing one says nothing about two firms."""

from typing import Final

_DOMAINS: Final = """
126.com 139.com 163.com 1688.com 189.cn 21cn.com 263.net alibaba.com alice.it aliyun.com aol.com
att.net bigpond.com bk.ru blogspot.com btinternet.com comcast.net cox.net daum.net facebook.com
fastmail.com foxmail.com free.fr freenet.de github.io gmail.com gmx.at gmx.ch gmx.de gmx.net
google.com googlemail.com hanmail.net hey.com hotmail.co.uk hotmail.com hotmail.de hotmail.es
hotmail.fr icloud.com inbox.ru instagram.com jubii.dk laposte.net libero.it linkedin.com list.ru
live.cn live.com live.dk mac.com mail.de mail.dk mail.ru mailbox.org me.com msn.com naver.com
ofir.dk orange.fr outlook.com posteo.de proton.me protonmail.com qq.com rambler.ru
rediffmail.com sbcglobal.net sfr.fr sina.cn sina.com sky.com sohu.com t-online.de taobao.com
telefonica.net terra.es tin.it tiscali.it tmall.com tom.com twitter.com ukr.net verizon.net
virgilio.it wanadoo.fr web.de weibo.com wixsite.com wo.cn wordpress.com x.com yahoo.cn
yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.cn yahoo.de yahoo.es yahoo.fr yandex.com yandex.ru
yeah.net ymail.com zoho.com
"""
MAIL_HOUSES: Final = frozenset(_DOMAINS.split())
