/**
 * What goes wrong with a hub, and what to do, in both languages. It is longer than 250
 * lines because hubs, proxies and certificates fail in many ways.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** HUB: the messages of this area. */
export const HUB = catalogue({
  no_certificate_in_it_can_be: {
    en: "no certificate in it can be read",
    zh: "其中没有能读取的证书",
  },
  store_unusable: {
    en: "this machine's certificate authorities can't be used: {found}",
    zh: "无法使用本机的 CA 证书：{found}",
  },
  correct_store: {
    en: "correct SSL_CERT_FILE, SSL_CERT_DIR, DENO_CERT or DENO_TLS_CA_STORE in the environment",
    zh: "请改正环境变量 SSL_CERT_FILE、SSL_CERT_DIR、DENO_CERT 或 DENO_TLS_CA_STORE",
  },
  ca_file_unusable: {
    en: "ca_file can't be used: {path}: {found}",
    zh: "ca_file 无法使用：{path}：{found}",
  },
  a_pem_file: {
    en: "a PEM file with certificates (-----BEGIN CERTIFICATE-----)",
    zh: "含证书的 PEM 文件（-----BEGIN CERTIFICATE-----）",
  },
  it_is_binary_and_no_certificate: {
    en: "it is binary, and no certificate (a PKCS #12 file?)",
    zh: "它是二进制文件，不是证书（可能是 PKCS #12 文件）",
  },
  openssl_trusted_form: {
    en: "its certificate is in OpenSSL's own form (TRUSTED)",
    zh: "其中的证书是 OpenSSL 自有的格式（TRUSTED）",
  },
  its_certificates_are_wrapped_pkcs_7: {
    en: "its certificates are wrapped (PKCS #7)",
    zh: "其中的证书是打包的（PKCS #7）",
  },
  it_holds_a_request_for_a: {
    en: "it holds a request for a certificate, and no certificate",
    zh: "其中是证书申请，不是证书",
  },
  it_isn_t_a_regular_file: { en: "it isn't a regular file", zh: "它不是普通文件" },
  ends_mid_certificate: {
    en: "it ends in the middle of a certificate",
    zh: "文件在证书中间就结束了",
  },
  copy_it_again: { en: "copy it again", zh: "请重新复制一份" },
  name_the_authority: {
    en: "name the authority's certificate instead, and keep the key to yourself",
    zh: "请改为填写颁发机构的证书，私钥请自己保管好",
  },
  holds_private_key: {
    en: "it holds a private key, and no certificate",
    zh: "其中是私钥，不是证书",
  },
  there_is_no_certificate_in_it: { en: "there is no certificate in it", zh: "其中没有证书" },
  another_server_s_json: { en: "another server's JSON", zh: "别的服务的 JSON" },
  no_list: {
    en: "the hub's answer is no list of datasets: {found}",
    zh: "数据中心的应答不是数据集清单：{found}",
  },
  check_root: {
    en: "check {setting}: it is the hub's root, without /api/datasets",
    zh: "请检查 {setting}：应填数据中心的根地址，不带 /api/datasets",
  },
  catalog_says: { en: "catalog: {what}", zh: "清单：{what}" },
  entry_no_object: {
    en: "entry {index} is no object and is skipped: {excerpt}",
    zh: "第 {index} 项不是对象，已跳过：{excerpt}",
  },
  entry_no_name: {
    en: "entry {index} has no name that can be shown and is skipped: {excerpt}",
    zh: "第 {index} 项没有可显示的名称，已跳过：{excerpt}",
  },
  entry_listed_again: {
    en: "{excerpt} is listed again as entry {index}; the first one is used",
    zh: "{excerpt} 在第 {index} 项重复出现，以第一次为准",
  },
  more_such_entries: {
    en: "catalog: {more} more such entries aren't told one by one",
    zh: "清单：这类条目还有 {more} 项，不再逐一列出",
  },
  version_too_long: { en: "has {said} characters", zh: "共有 {said} 个字符" },
  version_unprintable: { en: "has characters that can't be shown", zh: "含有无法显示的字符" },
  version_no_time: { en: "can't be read as a time", zh: "无法识别为时间" },
  version_odd: {
    en: "the version of {excerpt} {how}: {excerpt2}",
    zh: "{excerpt} 的版本{how}：{excerpt2}",
  },
  package_url_length: {
    en: "a package_url of {url} characters",
    zh: "package_url 长 {url} 个字符",
  },
  package_url_too_long: {
    en: "the package_url of {excerpt} has {url} characters; at most {LONGEST_URL} are followed",
    zh: "{excerpt} 的 package_url 长 {url} 个字符，最多只接受 {LONGEST_URL} 个",
  },
  digest_ignored: {
    en: "a digest of {excerpt} is ignored: {found}",
    zh: "已忽略 {excerpt} 的摘要：{found}",
  },
  lists_too_many: { en: "the hub lists {count} datasets", zh: "数据中心的清单有 {count} 个数据集" },
  at_most_entries: { en: "at most {MOST_ENTRIES}", zh: "最多 {MOST_ENTRIES} 个" },
  no_hub_has_many: {
    en: "check {setting}: no hub has that many",
    zh: "请检查 {setting}：没有哪个数据中心有这么多",
  },
  not_asked_https: {
    en: "{url} isn't asked: {server} is on https",
    zh: "不访问 {url}：{server}用的是 https",
  },
  http_can_change: {
    en: "tell whoever runs {server}; what comes over http can be changed on its way",
    zh: "请联系{server}的维护者；经 http 传来的内容可能在途中被篡改",
  },
  not_asked_address: {
    en: "{url} isn't asked: its address is {other}",
    zh: "不访问 {url}：它的地址是 {other}",
  },
  address_alike: {
    en: "an address of the same kind as that of {server} ({value})",
    zh: "与{server}同类的地址（{value}）",
  },
  name_allow_host: {
    en:
      'if it is meant, ask for that address itself, or, in a configuration, name it: hub.allow_hosts: ["{host}"]',
    zh: '如果确实需要，请直接使用那个地址，或在配置中写明：hub.allow_hosts: ["{host}"]',
  },
  the_hub: { en: "the hub", zh: "数据中心" },
  the_server: { en: "the server", zh: "服务器" },
  in_a_configuration: { en: "{setting} in a configuration", zh: "配置中的 {setting}" },
  the_address: { en: "the address", zh: "地址" },
  the_request_was_stopped: { en: "the request was stopped", zh: "请求已停止" },
  answer_cut_off: {
    en: "{url}: the answer was cut off: {detail}",
    zh: "{url}：应答中断：{detail}",
  },
  not_http: {
    en: "{url}: what answers there can't be read as HTTP: {detail}",
    zh: "{url}：对方的应答无法按 HTTP 解析：{detail}",
  },
  head_too_large: {
    en: "{url}: the answer has more headers than are read: {detail}",
    zh: "{url}：应答的头太多，超过了可读取的上限：{detail}",
  },
  fewer_headers: {
    en:
      "100 headers and about 400 KB are read: tell whoever runs {server} to send fewer, and look for a proxy that adds some",
    zh:
      "最多读取 100 个头、约 400 KB：请让{server}的维护者减少头的数量，并检查途中的代理是否添加了头",
  },
  not_that_coding: {
    en: "{url}: the answer isn't encoded as its Content-Encoding says: {detail}",
    zh: "{url}：应答的编码与它的 Content-Encoding 不符：{detail}",
  },
  right_coding: {
    en: "tell whoever runs {server} to send packages without Content-Encoding",
    zh: "请让{server}的维护者在发送数据包时不带 Content-Encoding",
  },
  goes_on_there: {
    en:
      "run again: it goes on from there; if it never gets further, look for a proxy or a time limit between {server} and this machine",
    zh: "请再运行一次，会从断处继续；如果始终没有进展，请检查{server}与本机之间的代理或时限",
  },
  port_or_proxy: {
    en: "check {setting}: its port may be another program's, or a proxy on the way is broken",
    zh: "请检查 {setting}：端口可能属于别的程序，或途中的代理有故障",
  },
  ended_by_server: {
    en: "{url}: the server ended the request without an answer: {detail}",
    zh: "{url}：服务器没有应答就结束了请求：{detail}",
  },
  ask_why_ended: {
    en: "ask those who run {server}, or a proxy before it, why it refuses requests over HTTP/2",
    zh: "请询问{server}（或其前面的代理）的维护者，为什么拒绝 HTTP/2 请求",
  },
  unreachable: { en: "{url} can't be reached: {detail}", zh: "无法连接 {url}：{detail}" },
  no_dns: {
    en:
      "the name of the host, or of a proxy in http_proxy/https_proxy, can't be resolved: check {setting} and this machine's DNS",
    zh: "主机名（或 http_proxy/https_proxy 中代理的名称）无法解析：请检查 {setting} 和本机的 DNS",
  },
  check_network: {
    en: "check {setting}, the network, and http_proxy/https_proxy/no_proxy",
    zh: "请检查 {setting}、网络，以及 http_proxy/https_proxy/no_proxy",
  },
  redirect_circle: { en: "goes round in a circle", zh: "来回打转" },
  redirect_too_many: {
    en: "has more than {MAX_REDIRECTS} redirects",
    zh: "超过了 {MAX_REDIRECTS} 次",
  },
  redirect_nowhere: { en: "leads nowhere", zh: "没有目标" },
  no_location: { en: "(no Location)", zh: "（没有 Location）" },
  redirect_protocol: {
    en: "leads to {protocol}//, which isn't followed",
    zh: "指向 {protocol}//，不予跟随",
  },
  redirect_bad: { en: "the redirect of {from} {what}", zh: "{from} 的重定向{what}" },
  sets_cookie: {
    en:
      "it sets a cookie and looks for it, as pages for browsers do: ask those who run {server} for an address for programs",
    zh: "它要求浏览器式的 cookie：请向{server}的维护者要一个供程序使用的地址",
  },
  catalog_unfinished: {
    en: "{url}: the catalog hasn't come to its end",
    zh: "{url}：清单没有传完",
  },
  no_answer: { en: "{url}: no answer", zh: "{url}：没有应答" },
  it_isnt_json: { en: "it isn't JSON", zh: "不是 JSON" },
  an_answer_without_an_end: { en: "an answer without an end", zh: "没有结尾的应答" },
  package_url_refused: {
    en: 'the package_url of "{name}" isn\'t followed: {found}',
    zh: "不采用“{name}”的 package_url：{found}",
  },
  url_on: { en: "a URL on {origin}", zh: "{origin} 上的 URL" },
  allow_other_origin: {
    en: "hub.allow_other_origin: true allows it",
    zh: "设置 hub.allow_other_origin: true 即可允许",
  },
  has_to_be_http: { en: "it has to be an http(s) URL", zh: "必须是 http(s) 的 URL" },
  another_server_s_page: { en: "another server's page", zh: "别的服务的页面" },
  answered_no_json: { en: "{url} answered no JSON: {line}", zh: "{url} 应答的不是 JSON：{line}" },
  a_list_of_datasets_as_json: { en: "a list of datasets as JSON", zh: "JSON 形式的数据集清单" },
  catalog_broken: {
    en: "the catalog is broken or was cut off: tell those who run the hub",
    zh: "清单损坏或不完整：请联系数据中心的维护者",
  },
  maybe_proxys_page: {
    en: "check {setting}; it may be a proxy's page",
    zh: "请检查 {setting}；这可能是代理的页面",
  },
  loose_json: {
    en: "it isn't JSON ({error}); it is read as far as its meaning is clear",
    zh: "不是合法的 JSON（{error}）；含义明确的部分照常读取",
  },
  a_line_without_an_end: { en: "a line without an end", zh: "没有结尾的一行" },
  multipart_ends_early: {
    en: "a multipart answer ends before its last boundary",
    zh: "分段应答在最后一个分界之前就结束了",
  },
  part_too_long: {
    en: "a part is longer than its Content-Range",
    zh: "有一段比它的 Content-Range 长",
  },
  no_boundary: { en: "no boundary", zh: "没有分界" },
  part_with_range: {
    en: 'a part with the Content-Range "{range}"',
    zh: "有一段的 Content-Range 是“{range}”",
  },
  multipart_unreadable: {
    en: "a multipart answer can't be read: it has {found}",
    zh: "分段应答无法读取：含有{found}",
  },
  gzip_file: { en: "a gzip file (.gz, .tar.gz)", zh: "gzip 文件（.gz、.tar.gz）" },
  a_7z_archive: { en: "a 7z archive", zh: "7z 压缩包" },
  xz_file: { en: "an xz file (.xz, .tar.xz)", zh: "xz 文件（.xz、.tar.xz）" },
  zstd_file: { en: "a zstd file (.zst)", zh: "zstd 文件（.zst）" },
  bzip2_file: { en: "a bzip2 file (.bz2, .tar.bz2)", zh: "bzip2 文件（.bz2、.tar.bz2）" },
  a_rar_archive: { en: "a RAR archive", zh: "RAR 压缩包" },
  a_pdf: { en: "a PDF", zh: "PDF" },
  a_page: { en: "a page", zh: "网页" },
  may_be_a_listing: {
    en: "it may be a list of what there is: look in it for the ZIP's own address",
    zh: "它可能是一份文件列表：请在其中找到 ZIP 本身的地址",
  },
  open_in_browser: {
    en: "open it in a browser: it may ask for a login, or be the page with the link to the ZIP",
    zh: "请用浏览器打开：它可能要求登录，或者是含有 ZIP 链接的页面",
  },
  a_tar_archive: { en: "a tar archive", zh: "tar 包" },
  zip_needed: {
    en:
      "a ZIP is needed, since its directory says what has changed; often there is one beside it{without}",
    zh: "需要的是 ZIP，因为它的目录会说明哪些文件变了；旁边往往就有一个{without}",
  },
  without_one: { en: ". Without one: curl and `{tool}`", zh: "。如果没有：用 curl 和 `{tool}`" },
  looks_like_hub: {
    en: "{asked} looks like a hub, not a ZIP",
    zh: "{asked} 像是数据中心，不是 ZIP",
  },
  a_zip: { en: "a ZIP", zh: "ZIP" },
  a_hub: { en: "a hub", zh: "数据中心" },
  use_hub_url: {
    en: "follow it as a hub: {command}; or in a configuration: hub.url: {shown}",
    zh: "请作为数据中心跟随：{command}；或在配置中写 hub.url: {shown}",
  },
  not_a_zip: { en: "{shown} is {what}, not a ZIP{said}", zh: "{shown} 是{what}，不是 ZIP{said}" },
  other_dataset: {
    en: "{url} answers with the package of another dataset: {fileName}",
    zh: "{url} 应答的是别的数据集的数据包：{fileName}",
  },
  name_beginning: {
    en: "hubs look packages up by the beginning of their name: tell the hub's operator",
    zh: "有的数据中心按名称的开头查找数据包：请联系数据中心的维护者",
  },
  proxy_login: {
    en: "its user or password has a # / ? or @, which ends it there",
    zh: "其中的用户名或密码含有 # / ? 或 @，地址因此被截断",
  },
  proxy_no_address: {
    en: "it is no address of a proxy, so it counts for nothing",
    zh: "它不是代理的地址，不会生效",
  },
  no_package: {
    en: 'the hub has no package of "{name}" (404)',
    zh: "数据中心没有“{name}”的数据包（404）",
  },
  check_name: {
    en: "check datasets[].name; a new dataset's package may not be built yet",
    zh: "请检查 datasets[].name；新数据集的数据包也可能还没打好",
  },
  bytes: { en: "{expected} bytes", zh: "{expected} 字节" },
  content_length_of: { en: "a Content-Length of {announced}", zh: "Content-Length 为 {announced}" },
  unasked_206: { en: "a 206 that nobody asked for", zh: "没有请求区间却收到 206" },
  no_content_range: { en: "no Content-Range", zh: "没有 Content-Range" },
  total_of: { en: "a total of {whole}", zh: "总长为 {whole}" },
  part_asked_for: { en: "a part that was asked for", zh: "所请求的那一段" },
  a_part: { en: "a part", zh: "某一段" },
  a_multipart_answer_without_parts: {
    en: "a multipart answer without parts",
    zh: "没有分段的分段应答",
  },
  more_compresses: { en: "more (a proxy that compresses?)", zh: "更多（途中的代理在压缩？）" },
  content_encoding: {
    en: "{url}: the package comes with Content-Encoding: {coding}",
    zh: "{url}：数据包带有 Content-Encoding：{coding}",
  },
  proxy_compresses: {
    en: "a proxy compresses on its way: it must leave {path} alone",
    zh: "途中的代理做了压缩：它必须原样传送 {path}",
  },
  page_not_package: {
    en: "{url} answered {status} with a page in place of the package",
    zh: "{url} 应答 {status}，内容是网页，不是数据包",
  },
  package_of_bytes: { en: "a package of {total} bytes", zh: "{total} 字节的数据包" },
  another_range: {
    en: "{url} answered another range: asked {expected}, got {found}",
    zh: "{url} 给的是别的区间：请求的是 {expected}，收到的是 {found}",
  },
  ended_early: {
    en: "{url}: the answer ended after {found} of {expected} bytes",
    zh: "{url}：应答在 {expected} 字节中的 {found} 字节处就结束了",
  },
  cant_be_reached: { en: "the server can't be reached", zh: "无法连接服务器" },
  stopped_sending: { en: "the server stopped sending", zh: "服务器停止了发送" },
  the_connection_broke: { en: "the connection broke", zh: "连接中断" },
  answer_not_list: { en: "the hub's answer isn't its list", zh: "数据中心的应答不是数据集清单" },
  sent_another_range: {
    en: "the server sent another range than asked for",
    zh: "服务器给的区间与请求的不同",
  },
  hub_answered: { en: "the server answered {status}", zh: "服务器应答 {status}" },
  answered: { en: "{url} answered {status}", zh: "{url} 应答 {status}" },
  answered_line: { en: "{url} answered {status}: {line}", zh: "{url} 应答 {status}：{line}" },
  leads_to: { en: "{asked} leads to {said}", zh: "{asked} 指向 {said}" },
  set_section_url: {
    en: "{token} and {headers} aren't sent to another address: set {url} to {replace}",
    zh: "{token} 和 {headers} 不会发往别的地址：请把 {url} 设为 {replace}",
  },
  redirect_target: { en: "the redirect's target {said}", zh: "重定向的目标{said}" },
  signed_link: {
    en: "a signed link may have expired: it is requested again",
    zh: "签名的链接可能已过期：会重新请求",
  },
  hub_busy: {
    en: "{server} is busy or being restarted: the next run asks again",
    zh: "{server}正忙或正在重启：下次运行会再试",
  },
  asks_to_wait: {
    en: "{server} asks not to be asked again before {until}: the first run after that does",
    zh: "{server}要求在 {until} 之前不要再来：此后的第一次运行会再试",
  },
  bytes_that_are_no_text: { en: "(bytes that are no text)", zh: "（不是文本的内容）" },
  for_browsers_only: {
    en:
      "it lets browsers in only: ask those who run {server} for an address for programs, or to let this program in",
    zh: "它只放行浏览器：请向{server}的维护者要一个供程序使用的地址，或请其放行本程序",
  },
  check_token: { en: "check {token} and {headers}", zh: "请检查 {token} 和 {headers}" },
  user_and_password: {
    en:
      "it wants a user and a password: write them into {url}, before the host's name (user:password@example.org, an @ in them as %40), or check those that are there",
    zh:
      "它要求用户名和密码：请写在 {url} 里的主机名之前（user:password@example.org，其中的 @ 写作 %40）；如果已经写了，请检查是否正确",
  },
  unknown_login: {
    en:
      "it wants a login of another kind ({schemes}), which datahubsync doesn't know: ask those who run {server} for a token, or for Basic over https",
    zh:
      "它要求的登录方式（{schemes}）datahubsync 不支持：请向{server}的维护者要一个令牌，或请他们在 https 上启用 Basic",
  },
  token_or_key: {
    en:
      "check {token} and {headers}, and {setting}: stores such as S3 deny access to what isn't there, too",
    zh: "请检查 {token} 和 {headers}，以及 {setting}：S3 之类的存储对不存在的文件也拒绝访问",
  },
  proxy_password: {
    en: "the proxy wants a password: check {variable}",
    zh: "代理要求密码：请检查 {variable}",
  },
  proxy_no_tunnel: {
    en:
      "the proxy {address} ({variable}) makes no connection to {hostname}:{port}: check its user and password, that it allows this port, and the host's name; its log says which, or put {hostname} into {exceptions}",
    zh:
      "代理 {address}（{variable}）没有连接到 {hostname}:{port}：请检查它的用户名和密码、是否允许这个端口，以及主机名；原因在它的日志里，或把 {hostname} 加入 {exceptions}",
  },
  proxy_exception_odd: {
    en: '{list}, where "{item}" excepts nothing',
    zh: "{list}（其中的“{item}”不起作用）",
  },
  proxy_unreachable: {
    en:
      "this is about the proxy {address}: check {variable}, and whether the proxy runs, or put {hostname} into {exceptions}",
    zh:
      "这指的是代理 {address}：请检查 {variable}，以及代理是否在运行，或把 {hostname} 加入 {exceptions}",
  },
  proxy_answered: {
    en:
      "the proxy {address} ({variable}) answered this, not {host}: check {setting}, ask whoever runs the proxy, or put {host} into {exceptions}",
    zh:
      "这是代理 {address}（{variable}）的应答，不是 {host} 的：请检查 {setting}，联系代理的维护者，或把 {host} 加入 {exceptions}",
  },
  proxy_may_have_answered: {
    en: "{hint}; if the proxy {address} ({variable}) answered this, put {host} into {exceptions}",
    zh: "{hint}；如果这是代理 {address}（{variable}）的应答，请把 {host} 加入 {exceptions}",
  },
  new_link: {
    en: "this signed link may have expired: use a new one as {setting}",
    zh: "这个带签名的链接可能已过期：请换一个新的作为 {setting}",
  },
  speaks_https: {
    en: "this port speaks https: change {setting} to {replace}",
    zh: "这个端口使用 https：请把 {setting} 改为 {replace}",
  },
  network_login: {
    en: "the network wants a login first: open any page in a browser there",
    zh: "网络要求先登录：请在那里用浏览器打开任意网页",
  },
  refuses_request: {
    en: "ask those who run {server} why it refuses this",
    zh: "请询问{server}的维护者它为什么拒绝",
  },
  no_plain_file: {
    en: "check {setting}: no plain file is there",
    zh: "请检查 {setting}：那里不是普通文件",
  },
  nothing_there: {
    en: "check {setting}: nothing is there",
    zh: "请检查 {setting}：那里什么都没有",
  },
  gateway: {
    en: "what stands before {server} gets no answer from it: tell those who run {server}",
    zh: "{server}前面的网关得不到它的应答：请联系{server}的维护者",
  },
  hub_failed: {
    en: "{server} itself failed: tell those who run it; its log says why",
    zh: "{server}自身出错：请联系它的维护者；原因在它的日志里",
  },
  timeout_four_times: {
    en: "{setting} sets how long it may take: four times as long",
    zh: "由 {setting} 决定可以等多久：是它的四倍",
  },
  what_in: { en: "{what} in {seconds} s", zh: "{what}（{seconds} 秒内）" },
  sslkeylogfile_set: {
    en: "SSLKEYLOGFILE is set: the keys of every connection would go to {file}",
    zh: "设置了 SSLKEYLOGFILE：每个连接的密钥都会写到 {file}",
  },
  sslkeylogfile_not_set: { en: "SSLKEYLOGFILE not set", zh: "不设置 SSLKEYLOGFILE" },
  unset_sslkeylogfile: {
    en: "unset SSLKEYLOGFILE, and look who set it",
    zh: "请运行 unset SSLKEYLOGFILE，并查明是谁设置的",
  },
  the_certificate_isnt_trusted: { en: "the certificate isn't trusted", zh: "证书不受信任" },
  no_tls_there: { en: "no TLS is spoken there", zh: "对方不支持 TLS" },
  may_be_http: {
    en: "check {setting}: it may have to begin with http://",
    zh: "请检查 {setting}：也许应以 http:// 开头",
  },
  wants_client_certificate: {
    en: "it wants a certificate of the client",
    zh: "对方要求客户端证书",
  },
  ask_for_token: {
    en: "datahubsync has none to show: ask those who run {server} for a token instead",
    zh: "datahubsync 不支持客户端证书：请改向{server}的维护者要一个令牌",
  },
  no_tls_connection: { en: "no TLS connection comes about", zh: "无法建立 TLS 连接" },
  tls_versions: {
    en:
      "{server} has to speak TLS 1.2 or 1.3 with a usual cipher, and to want no certificate of the client: tell those who run it",
    zh: "{server}须支持 TLS 1.2 或 1.3 及常用的加密套件，且不要求客户端证书：请联系它的维护者",
  },
  no_host_there: {
    en:
      "check the host in {setting}: {server} may have no certificate for {hostname}; if it has, its log says more",
    zh:
      "请检查 {setting} 里的主机名：{server}可能没有 {hostname} 的证书；如果有，它的日志里有更多说明",
  },
  clock_says: { en: "this machine's clock says {day}", zh: "本机时钟是 {day}" },
  expired_on: { en: "it expired on {day}, and {clock}", zh: "证书已于 {day} 过期，而{clock}" },
  renew_or_set_clock: {
    en: "if that clock is right, the certificate has to be renewed on {server}; else set the clock",
    zh: "如果时钟没错，须在{server}更新证书；否则请校准时钟",
  },
  valid_from: {
    en: "it is valid from {day} on, and {clock}",
    zh: "证书从 {day} 起才有效，而{clock}",
  },
  set_clock: {
    en: "set this machine's clock; if it is right, wait or issue the certificate again",
    zh: "请校准本机时钟；如果时钟没错，请等到生效，或重新签发证书",
  },
  name_ca_file: {
    en: "name the certificate authority's PEM file in {setting}",
    zh: "请把证书颁发机构的 PEM 文件填入 {setting}",
  },
  make_certificate: {
    en: "on {server}, make one that is: {command}; then name hub.crt in {setting}",
    zh: "请在{server}生成一个合格的证书：{command}；再把 hub.crt 填入 {setting}",
  },
  authoritys_own: {
    en: "it is an authority's own (CA:TRUE), not a server's",
    zh: "它是颁发机构自己的证书（CA:TRUE），不是服务器的",
  },
  certificate_version: {
    en: "it is of version 1; it has to be of version 3",
    zh: "它是第 1 版证书，应为第 3 版",
  },
  names_no_host: {
    en: "it names no host (subjectAltName; a CN doesn't count)",
    zh: "证书里没有主机名（subjectAltName；CN 不算）",
  },
  another_host: { en: "another host", zh: "另一台主机" },
  for_other_host: {
    en: "it is one of {of}, not of {hostname}",
    zh: "证书属于 {of}，不属于 {hostname}",
  },
  host_of_certificate: {
    en: "check {setting}: its host must be one that the certificate was issued for",
    zh: "请检查 {setting}：主机名必须是证书所签发的那一个",
  },
  not_for_servers: {
    en: "it isn't meant for servers (extendedKeyUsage)",
    zh: "证书不是供服务器使用的（extendedKeyUsage）",
  },
  server_auth: {
    en: "ask its authority for one with extendedKeyUsage=serverAuth",
    zh: "请向颁发机构申请含 extendedKeyUsage=serverAuth 的证书",
  },
  tell_certificate: {
    en: "tell those who run {server} what is wrong with its certificate",
    zh: "请把证书的问题告诉{server}的维护者",
  },
  no_such_range: { en: "{url} has no such range (416)", zh: "{url} 没有这个区间（416）" },
  empty_file: { en: "{url} is an empty file", zh: "{url} 是空文件" },
  zero_bytes: { en: "0 bytes", zh: "0 字节" },
  on_its_way: {
    en: "it may be on its way to the server: run again later",
    zh: "文件可能正在上传：请稍后再运行",
  },
  the_request_is_over: { en: "the request is over", zh: "请求已结束" },
  no_byte_for: {
    en: "{url}: no byte came for {seconds} s",
    zh: "{url}：{seconds} 秒没有收到任何数据",
  },
  byte_within: { en: "a byte within {seconds} s", zh: "{seconds} 秒内至少一个字节" },
  timeout_silence: {
    en: "{setting} sets how long a silence may last",
    zh: "由 {setting} 决定可以多久没有数据",
  },
  body_silence: {
    en:
      "run again: it goes on from there; a silence may last a minute, or a fifth of {setting} where that is longer",
    zh: "请再运行一次，会从断处继续；可以一分钟没有数据，如果 {setting} 的五分之一更长，则以它为准",
  },
  too_slow: {
    en: "{url}: only {bytes} bytes came in {seconds} s",
    zh: "{url}：{seconds} 秒内只收到 {bytes} 字节",
  },
  bytes_a_second: { en: "{leastSpeed} bytes a second", zh: "每秒 {leastSpeed} 字节" },
  bytes_in: { en: "{bytes} bytes in {seconds} s", zh: "{seconds} 秒 {bytes} 字节" },
  least_speed: {
    en: "hub.least_speed in a configuration sets how slow a line may be",
    zh: "由配置中的 hub.least_speed 决定最低速度",
  },
  trying_again: { en: "{happened}; trying again in {wait}", zh: "{happened}；{wait} 后重试" },
  trying_again_of: {
    en: "{happened}; trying again in {wait} ({failures} of {retries})",
    zh: "{happened}；{wait} 后重试（第 {failures} 次，共 {retries} 次）",
  },
  no_signed_catalog: { en: "{url} has no signed catalog", zh: "{url} 没有签名的清单" },
  without_public_key: {
    en: "nothing of it was used; without hub.public_key a hub needn't sign",
    zh: "完全没有使用它；不设 hub.public_key，数据中心就不必签名",
  },
});
