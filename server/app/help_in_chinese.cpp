#include "server/app/help_in_chinese.hpp"

#include <algorithm>
#include <array>

namespace sponsio::app {
namespace {

struct Row {
    std::string_view en, zh;
};

/// The English text is the key: whoever changes it says the new one in Chinese too.
constexpr auto texts = std::to_array<Row>({
    {"Sponsio: notice, commitment, verification, credit record (证明事项告知承诺制)\nExit codes: sponsio "
     "exit-codes",
     "Sponsio：证明事项告知承诺制的告知、承诺、核查与信用记录\n退出码：sponsio exit-codes"},
    {"Print this help message and exit", "显示本帮助"},
    {"Display program version information and exit", "显示程序版本"},
    {"Runs the server until it is told to stop (SIGTERM, Ctrl-C)",
     "运行服务器，直到收到停止信号（SIGTERM、Ctrl-C）"},
    {"Configuration file; what the command line gives wins. By default what $SPONSIO_CONFIG names, else "
     "/etc/sponsio/sponsio.conf if it is there and no store is named",
     "配置文件；命令行给出的选项优先。缺省为 $SPONSIO_CONFIG 所指文件；未指定存储位置时为 "
     "/etc/sponsio/sponsio.conf（如存在）"},
    {"Data directory with its own PostgreSQL", "数据目录，内含自带的 PostgreSQL"},
    {"URI of a PostgreSQL 15 server", "PostgreSQL 15 服务器的 URI"},
    {"File with that URI in its first line, so that no password shows in the list of processes",
     "首行写有该 URI 的文件，使口令不出现在进程列表中"},
    {"Directory for keys and certificate; by default the data directory",
     "存放密钥和证书的目录；缺省为数据目录"},
    {"What the server is for; by default production, unless it listens on the loopback only. Production "
     "refuses what would mislead those who rely on it",
     "用途：缺省为 production（生产），仅监听本机回环地址时为 "
     "training（培训）。生产用途下拒绝会误导使用者的设置"},
    {"Address of the HTTPS interface; port 0 is any free one",
     "HTTPS 接口的监听地址；端口 0 表示任意空闲端口"},
    {"Address of /healthz, /readyz and /metrics (plain HTTP)",
     "/healthz、/readyz 和 /metrics 的地址（明文 HTTP）"},
    {"PEM chain; by default a self-made one", "PEM 证书链；缺省使用自制证书"},
    {"Its key, PEM", "证书私钥，PEM"},
    {"Host name or address for the self-made certificate; may be repeated",
     "自制证书中的主机名或者地址；可重复"},
    {"URL under which others reach this server, such as https://sponsio.example.org; signed into records, "
     "kept from the first start that gives it, and never changed",
     "外部访问本服务器的 URL，例如 "
     "https://sponsio.example.org；写入所签发的记录，自首次给出时起固定，不得更改"},
    {"Whom to tell of a weakness, as mailto:, tel: or https:; published at /.well-known/security.txt (RFC "
     "9116); by default nobody is named",
     "安全问题联系方式（mailto:、tel: 或 https:），公布于 /.well-known/security.txt（RFC 9116）；缺省不公布"},
    {"Opens the key directory; by default $SPONSIO_PASSPHRASE_FILE, else one made there",
     "用于打开密钥目录的口令文件；缺省为 $SPONSIO_PASSPHRASE_FILE，否则在该目录中生成"},
    {"Sharing platform to submit records to", "报送信用记录的共享平台"},
    {"Only certificates of this PEM file are trusted there", "连接时只信任该 PEM 文件中的证书"},
    {"Every request to the platform bears the token in its first line; by default none",
     "发往平台的请求均携带该文件首行的令牌；缺省不携带"},
    {"Name of the platform, the receiver in every manifest; by default its URL",
     "平台名称，即批次清单中的接收方；缺省为其 URL"},
    {"Only certificates of this PEM file are trusted where integrators want to be told",
     "向对接方推送时只信任该 PEM 文件中的证书"},
    {"Integrators may be told at addresses of networks that are not public", "允许向非公网地址推送"},
    {"JSON file of the departments whose data are asked (docs/departments.md)",
     "所查询部门的 JSON 文件（docs/departments.md）"},
    {"HTTP proxy to platform, departments and witnesses; by default none, whatever the environment says",
     "访问平台、部门和见证方的 HTTP 代理；缺省不用代理，不受环境变量影响"},
    {"Hosts reached without it, separated by commas", "不经代理访问的主机，以逗号分隔"},
    {"File with the business time to run from; for training and tests only",
     "提供业务时间的文件；仅用于培训和测试"},
    {"Official working days of one more year, in the form of schema/calendar/; may be repeated",
     "另一年度的官方工作日历，格式同 schema/calendar/；可重复"},
    {"Log file, opened anew at SIGHUP; by default standard error",
     "日志文件，收到 SIGHUP 时重新打开；缺省为标准错误"},
    {"Days that a token is good if nothing else is said when it is made",
     "令牌缺省有效天数（生成时未指明到期时间的）"},
    {"Days after which a token that nobody used has ended", "令牌连续多少天未使用即失效"},
    {"Connections served at once; more are told to come again (503)", "同时服务的连接数；超出的请求答复 503"},
    {"Of these, one IPv4 address or IPv6 /64 may have so many; by default a quarter",
     "其中每个 IPv4 地址或 IPv6 /64 网段最多占用的连接数；缺省为四分之一"},
    {"TLS handshakes a second that one address may begin", "每个地址每秒可发起的 TLS 握手次数"},
    {"Requests a second, such as account.read=50, an id or address in place of the first word, or unlimited; "
     "may be repeated",
     "每秒请求数，如 account.read=50；首词可换为编号或地址，数值可为 unlimited（不限）；可重复"},
    {"Seconds that a connection may be idle between requests", "连接在两次请求之间允许空闲的秒数"},
    {"Threads that speak HTTP", "处理 HTTP 的线程数"},
    {"Database sessions for requests", "处理请求的数据库会话数"},
    {"Shards of the log that this process writes as its share", "本进程负责写入的日志分片数"},
    {"Shards that the log has at least: the writers of all processes; by default this one's",
     "日志的最少分片数，即全部进程写入者之和；缺省为本进程的数目"},
    {"Name of the log, the first part of every origin; by default the host of the issuer. It is kept from "
     "the first start on and never changes",
     "日志名称，即各分片标识的前一部分；缺省为 issuer 的主机名。自首次启动起固定，不得更改"},
    {"Witness that cosigns how the log grows; may be repeated", "为日志增长联署的见证方；可重复"},
    {"Verifier key of a public beacon whose signed values draws may promise, got over a way you trust; may "
     "be "
     "repeated",
     "可供抽查约定使用的公共信标的验证公钥，应经可信途径取得；可重复"},
    {"Its verifier key, got over a way you trust; once for each witness, in their order",
     "该见证方的验证公钥，应经可信途径取得；按见证方顺序逐一给出"},
    {"Only certificates of this PEM file are trusted there; once for all witnesses, or once for each in "
     "their order",
     "连接时只信任该 PEM 文件中的证书；可全部共用一个，或者按顺序逐一给出"},
    {"So many witnesses must have cosigned a checkpoint before it is shown; by default one, if there is any",
     "检查点须由多少见证方联署后方可对外提供；有见证方时缺省为 1"},
    {"Place that keeps the log's published heads outside the database: a directory, or the URL of a "
     "--witness; may be repeated, then a majority of them must have a head before anybody is answered. By "
     "default log/ in the state directory; the same for all processes",
     "在数据库之外保存已公布日志头的位置：目录，或者某个 --witness 的 "
     "URL；可重复，此时须有过半数位置保存后方予答复。缺省为状态目录下的 log/；各进程须一致"},
    {"Only says whether these options can be started with; starts nothing and makes nothing",
     "仅检查这些选项能否启动；不启动，也不创建任何内容"},
    {"The configuration file", "配置文件"},
    {"Prints one with every option of serve, each explained", "输出包含 serve 全部选项及说明的配置文件"},
    {"Makes a store and its keys without starting a server; refuses where there is one",
     "创建存储和密钥而不启动服务器；已存在时拒绝"},
    {"Directory with keys and heads; by default the data directory",
     "存放密钥和日志头的目录；缺省为数据目录"},
    {"Opens the key directory; by default $SPONSIO_PASSPHRASE_FILE, else the one made there",
     "用于打开密钥目录的口令文件；缺省为 $SPONSIO_PASSPHRASE_FILE，否则为该目录中生成的口令"},
    {"As for serve; kept at once", "同 serve；立即固定"},
    {"Says what a production install lacks; takes the options of serve, looks, and changes nothing. Exit "
     "code 1 if something fails",
     "说明生产环境尚缺什么；选项同 serve，只检查，不作任何改动。有不合格项时退出码为 1"},
    {"Answers with one JSON document", "以一个 JSON 文档输出"},
    {"Writes database and keys as one set to a new directory; the server may run meanwhile",
     "将数据库和密钥作为一套备份写入新目录；期间服务器可继续运行"},
    {"Directory with the keys; by default the data directory", "存放密钥的目录；缺省为数据目录"},
    {"Where to; must not be there yet", "目标目录；须尚不存在"},
    {"Puts such a set back, to a place where nothing is yet", "将一套备份恢复到空的位置"},
    {"New directory for the keys, beside a database of yours", "使用自有数据库时，存放密钥的新目录"},
    {"The backup", "备份"},
    {"Brings a database to the version of this program", "将数据库升级到本程序的版本"},
    {"Only says what is applied; exit code 1 if something is not",
     "仅说明已应用的升级；有未应用的则退出码为 1"},
    {"The proofs that may not be demanded", "不应由基层出具的证明清单"},
    {"May a resident be asked for this proof?", "能否要求居民提供这项证明？"},
    {"zh or en: the language of the answer", "zh 或 en：答复所用语言"},
    {"What the proof is called", "证明名称"},
    {"Every item", "列出全部条目"},
    {"The law as this program carries it: every number with its source", "本程序所载规则：每个数值及其出处"},
    {"In what the rules of two places differ on a day: value, source, grade, days",
     "两地规则在某日的差异：数值、出处、等级、施行日期"},
    {"A region code, the id of a pack, or the file of a pack", "行政区划代码、规则包标识或者规则包文件"},
    {"The day; by default today", "日期，缺省为当日"},
    {"Prints docs/lifecycles.md from the tables the server runs on",
     "由服务器运行所用的表输出 docs/lifecycles.md"},
    {"Prints docs/words.md: every closed list of words", "输出 docs/words.md：全部词表"},
    {"Prints docs/exit-codes.md: what the program ends with", "输出 docs/exit-codes.md：程序退出码"},
    {"Prints docs/errors.md: every kind of refusal", "输出 docs/errors.md：全部错误类型"},
    {"Prints docs/metrics.md: every number at /metrics", "输出 docs/metrics.md：/metrics 的全部指标"},
    {"Organisations", "单位"},
    {"Adds an organisation", "新增单位"},
    {"Unified social credit code, 18 characters", "18 位统一社会信用代码"},
    {"Registered name", "登记名称"},
    {"government, public_enterprise, public_institution, service_body, grassroots, platform",
     "government 行政机关、public_enterprise 公用企业、public_institution 事业单位、service_body "
     "服务机构、grassroots 基层群众性自治组织、platform 共享平台"},
    {"Region code, GB/T 2260, six digits", "六位行政区划代码（GB/T 2260）"},
    {"Credit code of the superior authority", "上级单位的统一社会信用代码"},
    {"Gives an organisation the region code it has now; what was made under the old one keeps it",
     "更改单位现行的行政区划代码；此前形成的内容保留原代码"},
    {"Its credit code", "该单位的统一社会信用代码"},
    {"Region code that is in force today, six digits", "今日有效的六位行政区划代码"},
    {"Gives an organisation the name it has now; what was written under the old one keeps it",
     "更改单位现行名称；此前以原名称形成的内容不变"},
    {"Changes name, roles or unit of an account; what is not given stays as it is",
     "更改账号的姓名、角色或者所属单位；未给出的保持不变"},
    {"Credit code of the unit that it acts for", "所代表单位的统一社会信用代码"},
    {"All that it is to have, once for each: clerk, verifier, reviewer, decider, supervisor, integrator, "
     "assessor, auditor, administrator",
     "更改后的全部角色，每个给出一次：clerk 受理、verifier 核查、reviewer 审核、decider 决定、supervisor "
     "监管、"
     "integrator 系统对接、assessor 评估、auditor 审计、administrator 管理员"},
    {"Lists organisations by credit code", "按统一社会信用代码列出单位"},
    {"Accounts and their tokens", "账号与令牌"},
    {"Adds an account that acts for an organisation", "新增代表单位办理业务的账号"},
    {"Credit code of the organisation", "单位的统一社会信用代码"},
    {"Lower-case letters, digits, dot, dash, underscore", "小写字母、数字、点、连字符、下划线"},
    {"Name of the person", "人员姓名"},
    {"Give the option once for each: clerk, verifier, reviewer, decider, supervisor, integrator, assessor, "
     "auditor, administrator",
     "每个角色给出一次：clerk 受理、verifier 核查、reviewer 审核、decider 决定、supervisor 监管、integrator "
     "系统对接、assessor 评估、auditor 审计、administrator 管理员"},
    {"Lists the accounts of an organisation", "列出单位的账号"},
    {"Makes a bearer token; it is shown now and never again", "生成访问令牌；仅显示这一次"},
    {"Whose", "所属账号"},
    {"Credit code of the organisation, where several have that login",
     "多个单位有相同登录名时，所属单位的统一社会信用代码"},
    {"RFC 3339 instant; in 30 days where absent", "RFC 3339 时间；缺省为 30 天后"},
    {"Makes a code with which the person fetches their own token, once, within 72 hours",
     "生成一次性登记码，持有人凭码在 72 小时内自行领取令牌"},
    {"Rights beyond the own organisations", "超出本单位及下级范围的授权"},
    {"Gives a right beyond the own organisations; it counts once an administrator has confirmed it",
     "提出超出本单位及下级范围的授权，经管理员确认后生效"},
    {"integrator, assessor, auditor", "integrator（系统对接）、assessor（评估）、auditor（审计）"},
    {"sharing for an integrator, audit for an auditor",
     "integrator 用 sharing（共享），auditor 用 audit（审计）"},
    {"Credit code of the organisation that it reaches with all below it; by default all",
     "授权所及单位（含其下级）的统一社会信用代码；缺省为全部单位"},
    {"Only organisations whose region code begins so: two, four or six digits",
     "仅限行政区划代码以此开头的单位：二位、四位或六位数字"},
    {"Legal basis: law and article, or the document that orders it", "授权依据：法律条款或者批准文件"},
    {"RFC 3339 instant; by default now", "RFC 3339 时间；缺省为现在"},
    {"RFC 3339 instant at which it ends", "终止时间，RFC 3339"},
    {"Lists grants, those that have ended too", "列出授权，包括已终止的"},
    {"Ends a grant now", "立即终止授权"},
    {"As shown by: sponsio grant list", "由 sponsio grant list 列出的编号"},
    {"Ends a token now", "立即撤销令牌"},
    {"The trails of what was done and of who looked at personal data", "操作日志和个人信息查询日志"},
    {"Writes a trail to standard output, one line each", "将日志写到标准输出，每条一行"},
    {"events: what was done; queries: who looked at whose data",
     "events：操作日志；queries：个人信息查询日志"},
    {"jsonl: JSON lines; syslog: lines of RFC 5424", "jsonl：JSON 行；syslog：RFC 5424 格式"},
    {"Goes on after the event_id or query_id of the last line",
     "从上次最后一行的 event_id 或 query_id 之后继续"},
    {"As shown when the token was made", "生成令牌时显示的编号"},
    {"Proves what the database has of an account and its organisation and this server did not write; look at "
     "it first: sponsio "
     "account list",
     "为数据库中并非由本系统写入的账号及其单位数据作出证明；请先核对：sponsio account list"},
    {"Ends tokens, grants, codes and keys of an account that the database has and this server did not write",
     "终止账号名下并非由本系统写入的令牌、授权、登记码和密钥"},
    {"What is known of how they came there; kept in the history", "说明已知的来源情况；记入日志"},
    {"Why it is right as it stands; kept in the history", "说明现有数据为何正确；记入日志"},
    {"Proves rows that another program wrote, as that of an earlier version; look at them first",
     "为由其他程序（如较早版本）写入的数据行作出证明；请先逐一核对"},
    {"Why they are right as they stand; kept in the history", "说明这些数据行为何正确；记入日志"},
    {"Closes an account; the checks it holds go back to its unit's queue",
     "停用账号；其承办的核查任务退回本单位队列"},
    {"Signing keys: record and check (ES256), submission (SM2), log (Ed25519)",
     "签名密钥：记录和查询（ES256）、报送（SM2）、日志（Ed25519）"},
    {"Lists every key there ever was, with the time in which it signs", "列出历来全部密钥及其签名期间"},
    {"Data directory; the keys are in DIR/keys", "数据目录；密钥位于 DIR/keys"},
    {"State directory, which has them beside a database of yours", "状态目录；使用自有数据库时密钥位于其中"},
    {"File with the passphrase; else the one SPONSIO_PASSPHRASE_FILE names, else what SPONSIO_PASSPHRASE "
     "says, else DIR/keys/passphrase",
     "口令文件；缺省依次为 SPONSIO_PASSPHRASE_FILE 所指文件、SPONSIO_PASSPHRASE 的值、DIR/keys/passphrase"},
    {"As given to serve", "同 serve 所用"},
    {"Answers with one JSON document for each key", "每个密钥输出一个 JSON 文档"},
    {"Makes the key store and its first keys, or a key of another purpose",
     "创建密钥库及首批密钥，或者创建另一用途的密钥"},
    {"Makes them for a new server, where there are none yet", "为尚无密钥的新服务器创建"},
    {"What the key is for", "密钥用途"},
    {"es256, ed25519 or sm2", "es256、ed25519 或 sm2"},
    {"Makes the successor of a key; it is published at once and signs after the overlap. The old one stays "
     "published, so that what it signed verifies for ever. A sealing key takes over at once; a running "
     "server "
     "wraps all data keys anew and destroys the old one, with which copies of what was erased end",
     "创建后继密钥；立即公布，重叠期后开始签名。旧密钥继续公布，使其签名永远可验证。封存密钥立即接替：运行中"
     "的服务器"
     "重新封存全部数据密钥并销毁旧密钥，已销毁内容的副本随之失效"},
    {"record, submission, log, draw, check or sealing",
     "record 记录、submission 报送、log 日志、draw 抽查、check 查询或者 sealing 封存"},
    {"Erasure of what is known of a person", "销毁个人信息"},
    {"Asks for the erasure of a case, or of all cases of a person; an administrator confirms it over the API",
     "申请销毁一个案件或者某人的全部案件；由管理员通过接口确认"},
    {"Code of the commitment", "承诺编码"},
    {"File with the person's document as JSON: {\"type\": \"citizen_id\", \"number\": ...}; delete it "
     "afterwards",
     "含该人证件的 JSON 文件：{\"type\": \"citizen_id\", \"number\": …}；用后请删除"},
    {"Why: purpose_achieved, retention_over, consent_withdrawn, unlawful, ordered",
     "事由：purpose_achieved 目的已实现，retention_over 保存期满，consent_withdrawn 撤回同意，unlawful "
     "违法处理，"
     "ordered 责令删除"},
    {"Lists erasures; one is finished when no copy can be opened any more",
     "列出销毁事项；所有副本均无法打开时为 finished"},
    {"Answers with one JSON document for each", "每项以一个 JSON 文档输出"},
    {"Copy of the sealing keys; by default the one that lies beside the backup",
     "封存密钥的副本；缺省为备份旁的副本"},
    {"Hours until the new key signs", "新密钥开始签名前的小时数"},
    {"Lists a key that is in a PKCS#11 token: the first of its purpose, or the successor of the last one as "
     "with rotate. The PIN comes from the file that pin-source in the URI or SPONSIO_PKCS11_PIN_FILE names, "
     "else from SPONSIO_PKCS11_PIN",
     "登记 PKCS#11 设备中的密钥：作为该用途的首个密钥，或者如 rotate 作为后继密钥。PIN 取自 URI 的 "
     "pin-source 或 SPONSIO_PKCS11_PIN_FILE 所指文件，否则取自 SPONSIO_PKCS11_PIN"},
    {"record or log", "record 记录或者 log 日志"},
    {"Which key (RFC 7512), with module-path=LIBRARY", "密钥（RFC 7512），含 module-path=LIBRARY"},
    {"The log that everybody can follow", "任何人均可核对的日志"},
    {"Lists the shards: size, root, and whether one is frozen", "列出各分片：大小、根哈希、是否冻结"},
    {"Answers with one JSON document a line", "每行输出一个 JSON 文档"},
    {"Only this one", "仅此一个"},
    {"Recomputes everything: entries, tiles, roots, signatures, and the rows that were logged. The server "
     "may run meanwhile",
     "全部重新计算：条目、分块、根哈希、签名以及入账的行。期间服务器可继续运行"},
    {"Directories of heads, as given to serve", "保存日志头的目录，同 serve 所用"},
    {"Lets a frozen shard be signed again, if a check finds it sound", "经检查无误后，使冻结的分片恢复签名"},
    {"Which one", "哪一个"},
    {"Goes on with shards that no majority of the places outside the database confirms. Stop the server "
     "first. Without --moved and --accept-loss a place that is no copy must know the log: the others learn "
     "it from there",
     "使数据库外位置未获过半数确认的分片继续运行。请先停止服务器。未给出 --moved 或 --accept-loss "
     "时，须有一个并非副本的位置知晓该日志，其余位置由此补齐"},
    {"Only this one, even if it is confirmed", "仅此一个，即使已获确认"},
    {"Directories and witnesses, as given to serve", "目录和见证方，同 serve 所用"},
    {"Directory that had the heads so far; may be repeated", "此前保存日志头的目录；可重复"},
    {"The heads were copied here after the server that wrote them had stopped for good. Told in the log",
     "日志头是在原写入服务器永久停止之后复制来的。此事实记入日志"},
    {"Entries that were published may be lost: ends the shard with a last statement, and begins a new one. "
     "Told in both",
     "已公布的条目可能丢失：以最后声明终止该分片并开始新分片。二者均有记载"},
    {"Why, for everybody to read", "原因，任何人均可查看"},
    {"Number of the new shard; by default the next that nobody knows", "新分片编号；缺省为下一个未用编号"},
    {"What ages: calendars, regions, rule packs, lists of proofs that may not be demanded",
     "需要更新的知识文件：工作日历、行政区划、规则包、证明清单"},
    {"Gives documents, in the form of schema/, to the database: they count in every server on it within "
     "seconds, and after every later start",
     "将 schema/ 格式的文件写入数据库：数秒内对使用该数据库的各服务器生效，此后每次启动均有效"},
    {"Answers with one JSON document for each", "逐一输出 JSON 文档"},
    {"JSON files; which kind each is shows in it", "JSON 文件；类型由其内容识别"},
    {"Lists what the program carries and what was given, and what counts",
     "列出程序自带的和已给出的文件，以及现行有效者"},
    {"Prints a document exactly as it was given", "原样输出文件"},
    {"As listed: cn-2027, cn-regions, cn-national", "同列表所示：cn-2027、cn-regions、cn-national"},
    {"As listed", "同列表所示"},
    {"Issued records", "已签发的信用记录"},
    {"Changes what the status list says of a record: opens or ends one of the causes that it is computed "
     "from, or makes one status the one that is shown. The change is logged; a running server publishes it "
     "within a second",
     "更改状态列表中的记录状态：开始或者结束某一原因，或者指定所显示的状态。更改记入日志；运行中的服务器在一"
     "秒内公布"},
    {"Id of the record", "记录编号"},
    {"Opens a cause: objection, remedy, repair, suspension, withdrawal",
     "开始一项原因：objection 异议、remedy 复议或者诉讼、repair 信用修复、suspension 中止、withdrawal 撤销"},
    {"Ends a cause; those still open are shown again", "结束一项原因；仍存在的原因恢复显示"},
    {"Opens the cause of a status and ends those that are stronger: valid, invalid, suspended, repaired, "
     "objected, remedy_pending",
     "开始某一状态对应的原因并结束更强的原因：valid 有效、invalid 无效、suspended 已中止、repaired "
     "已修复、objected 异议中、remedy_pending 复议或者诉讼中"},
    {"A word or the number of a document, nothing personal", "一个词或者文号，不得含个人信息"},
    {"Answers with a JSON document", "以 JSON 文档输出"},
    {"Runs the reference gateway of a department until it is told to stop (SIGTERM, Ctrl-C)",
     "运行部门参考网关，直到收到停止信号（SIGTERM、Ctrl-C）"},
    {"Directory for the key, given answers and the certificate", "存放密钥、已作答复和证书的目录"},
    {"Its word, such as civil_affairs; what questions must be addressed to",
     "部门代号，例如 civil_affairs；查询须以此为收件方"},
    {"JSON file of what it knows, by document number; read anew for every question",
     "该部门掌握内容的 JSON 文件，以证件号码为键；每次查询重新读取"},
    {"File or https URL of the keys that questions are signed with; read again when a key is not in it",
     "查询签名公钥的文件或者 https URL；遇未知密钥时重新读取"},
    {"Only certificates of this PEM file are trusted at that URL", "访问该 URL 时只信任该 PEM 文件中的证书"},
    {"A fault on purpose: every answer is kept back for so long after it was stored",
     "人为故障：每个答复保存后延迟这么久再发出"},
    {"File with the business time to run from, as for serve; for training and tests only",
     "提供业务时间的文件，同 serve；仅用于培训和测试"},
    {"Log file; by default standard error", "日志文件；缺省为标准错误"},
    {"Runs the reference sharing platform until it is told to stop (SIGTERM, Ctrl-C)",
     "运行参考共享平台，直到收到停止信号（SIGTERM、Ctrl-C）"},
    {"Directory for received batches and the certificate", "存放所收批次和证书的目录"},
    {"JSON file of the units that may report; read anew for every batch. Without it every unit is taken at "
     "its word",
     "可报送单位的 JSON 文件；每收到一批重新读取。缺省接受所有单位"},
    {"SM2 public key (PEM) good for every unit that is let in; may be repeated",
     "对所有获准单位均有效的 SM2 公钥（PEM）；可重复"},
    {"Every request must bear the token in its first line; by default none is asked for",
     "请求均须携带该文件首行的令牌；缺省不要求"},
    {"Fault on purpose: store the first N batches and cut the connection unanswered",
     "人为故障：保存前 N 批后不予答复即断开连接"},
    {"Cosigns checkpoints of logs that only grow, until it is told to stop (SIGTERM, Ctrl-C)",
     "为只增不减的日志联署检查点，直到收到停止信号（SIGTERM、Ctrl-C）"},
    {"Directory for the key, what was cosigned, and the certificate", "存放密钥、联署记录和证书的目录"},
    {"Name of the witness's key, such as witness.example.org/w1; part of what verifiers keep",
     "见证密钥名称，例如 witness.example.org/w1；为验证者所存内容的一部分"},
    {"Verifier key of a log to follow; may be repeated, also for several keys of one log",
     "所跟踪日志的验证公钥；可重复，也可为同一日志给出多个"},
    {"File with such keys, one a line; may be repeated", "每行一个此类公钥的文件；可重复"},
    {"DIR was copied here and the witness that wrote it has stopped for good: takes the copy for the "
     "original, once",
     "DIR 由别处复制而来，且原见证方已永久停止：将副本视为原件，仅限一次"},
});

std::string in_chinese(std::string const& text) {
    auto const row = std::ranges::find(texts, std::string_view(text), &Row::en);
    return row == texts.end() ? text : std::string(row->zh);
}

/// What CLI11 writes itself.
class ChineseFormatter final : public CLI::Formatter {
  public:
    ChineseFormatter() {
        label("REQUIRED", "必填");
        label("Needs", "须同时给出");
        label("Excludes", "不得同时给出");
        label("OPTIONS", "选项");
        label("SUBCOMMAND", "命令");
        label("SUBCOMMANDS", "命令");
    }

    std::string make_help(CLI::App const* app, std::string name, CLI::AppFormatMode mode) const override {
        std::string text = CLI::Formatter::make_help(app, std::move(name), mode);
        for (auto const& [en, zh] : {std::pair{"Usage: ", "用法："},
                                     {"\nOptions:\n", "\n选项：\n"},
                                     {"\nSubcommands:\n", "\n命令：\n"},
                                     {"\nPositionals:\n", "\n参数：\n"}})
            if (std::size_t const at = text.find(en); at != std::string::npos)
                text.replace(at, std::string_view(en).size(), zh);
        return text;
    }
};

void translate(CLI::App& app, std::shared_ptr<CLI::Formatter> const& formatter) {
    app.formatter(formatter);
    app.description(in_chinese(app.get_description()));
    for (CLI::Option* option : app.get_options()) option->description(in_chinese(option->get_description()));
    for (CLI::App* command : app.get_subcommands({})) translate(*command, formatter);
}

}  // namespace

void help_in_chinese(CLI::App& app) {
    translate(app, std::make_shared<ChineseFormatter>());
}

}  // namespace sponsio::app
