// Drives the console in a real Chromium, as its users do. test_console.py starts it with what it needs to know as JSON on the first line of
// standard input, and reads one JSON line for each thing that held or did not: {"case", "ok", "why"}. {"need": …} asks for what only the
// test can do, such as stopping the server; an empty line says that it was done.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(import.meta.url);
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const world = JSON.parse((await lines.next()).value);
const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const need = async (what) => {
  tell({ need: what });
  return JSON.parse((await lines.next()).value || 'null');
};

const wide = { width: 1280, height: 900 };
const narrow = { width: 390, height: 844 };
const browser = await chromium.launch({
  executablePath: world.chromium, args: ['--no-sandbox', '--ignore-certificate-errors', '--disable-gpu', '--disable-dev-shm-usage'],
});

/** A browser of its own, whose console and network are watched: nothing may be complained of, and nothing fetched elsewhere. */
async function fresh(options = {}) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: wide, locale: 'zh-CN', acceptDownloads: true, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints = [];
  page.on('pageerror', (why) => complaints.push(`error in the page: ${why.message}`));
  page.on('console', (said) => {
    // A refusal of the server is no complaint: the page shows it.
    if (said.type() === 'error' && !said.text().startsWith('Failed to load resource')) complaints.push(said.text());
  });
  page.on('request', (asked) => {
    if (!asked.url().startsWith(world.url) && !/^(data|blob):/.test(asked.url())) complaints.push(`asked elsewhere: ${asked.url()}`);
  });
  return { context, page, complaints };
}

async function with_authenticator(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
}

const h1 = (page) => page.locator('main h1');

/** axe without a violation (WCAG 2.2 A and AA), and nothing that runs out of the window sideways. */
async function accessible(page, where) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
  const told = found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
  assert.deepEqual(told, [], `${where}: axe`);
  const [inside, outside] = await page.evaluate(() => [document.documentElement.clientWidth, document.documentElement.scrollWidth]);
  assert.ok(outside <= inside + 1, `${where}: ${outside} pixels in a window of ${inside}`);
}

async function look_at(page, where) {
  for (const size of [wide, narrow]) {
    await page.setViewportSize(size);
    await accessible(page, `${where} ${size.width}`);
    if (world.pictures) await page.screenshot({ path: `${world.pictures}/${where.replace(/[^a-z0-9]+/gi, '-')}-${size.width}.png`, fullPage: true });
  }
  await page.setViewportSize(wide);
}

const in_english = (page) => page.locator('header').getByRole('button', { name: 'English' });

/** Somebody at their desk: their passkey was enrolled with the code that an administrator gave them. */
async function at_desk(login) {
  const desk = await fresh();
  const { page } = desk;
  // The business time of the server, by which its people fill in days.
  await page.clock.setFixedTime(world.now);
  await with_authenticator(page);
  await page.goto(`${world.url}/console`);
  await page.getByText('首次使用：登记通行密钥').click();
  await page.getByLabel('登记码').fill(await need({ code: login }));
  await page.getByLabel('给这台设备起个名字').fill(`${login} 的电脑`);
  await page.getByRole('button', { name: '登记并登录' }).click();
  await page.locator('nav').waitFor();
  return desk;
}

const menu = async (page, name) => {
  await page.locator('nav').getByRole('link', { name, exact: true }).click();
  await page.waitForFunction((title) => document.querySelector('main h1')?.textContent === title, name);
  await settled(page);
};
/** Nothing is being loaded any more. */
const settled = (page) => page.waitForFunction(() => ![...document.querySelectorAll('main [role=status]')].some((one) => /载入|Loading/.test(one.textContent)));

/** Tab until what has the focus is the one with this accessible name, as somebody without a mouse does. */
async function tab_to(page, name) {
  for (let i = 0; i < 80; i += 1) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(() => {
      const element = document.activeElement;
      const label = element.labels?.[0]?.firstChild?.textContent ?? element.textContent;
      return (element.getAttribute('aria-label') ?? label ?? '').trim();
    });
    if (here === name) return;
  }
  assert.fail(`Tab never came to ${name}`);
}

const cases = {
  async window_answers_and_checks() {
    const { page, complaints, context } = await fresh();
    for (const lang of ['zh', 'en']) {
      for (const path of ['', 'verify', 'publicity', 'draws', 'inspections', 'log']) {
        await page.goto(`${world.url}/window${path && `/${path}`}?lang=${lang}`);
        assert.equal(await page.evaluate(() => document.documentElement.lang), lang === 'zh' ? 'zh-CN' : 'en');
        await look_at(page, `window-${path}-${lang}`);
      }
    }
    await page.goto(`${world.url}/window?lang=zh`);
    await page.getByLabel('对方要您开具什么证明？').fill('亲属证明');
    await page.keyboard.press('Enter');
    await page.getByText('不得索要', { exact: true }).first().waitFor();
    await look_at(page, 'window-answer');
    await page.getByRole('link', { name: 'English' }).click();
    await page.getByText('They may not ask you for it').first().waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  },

  async window_reads_without_scripts() {
    const { page, context } = await fresh({ javaScriptEnabled: false });
    await page.goto(`${world.url}/window?lang=zh`);
    await page.getByLabel('对方要您开具什么证明？').fill('<b>亲属证明');
    await page.getByRole('button', { name: '查询' }).click();
    await page.getByText('替代办法').first().waitFor();
    assert.equal(await page.locator('main b').count(), 0, 'what was asked is text, not markup');
    await page.goto(`${world.url}/window/draws?lang=en`);
    assert.match(await page.locator('main').innerText(), /draw\.json|There is no draw yet/);
    await page.goto(`${world.url}/window/verify?lang=en`);
    assert.match(await page.locator('main').innerText(), /sponsio-verify/);
    await context.close();
  },

  async receipt_and_record_are_checked_in_the_page() {
    const { page, complaints, context } = await fresh();
    await page.clock.setFixedTime(world.now);
    const verdict = async (text, keys = '') => {
      await page.goto(`${world.url}/window/verify?lang=en`);
      await page.getByLabel('Paste a receipt').fill(text);
      await page.getByLabel('Keys of the log').fill(keys);
      await page.getByRole('button', { name: 'Check' }).click();
      const box = page.locator('[data-verdict]');
      await box.waitFor();
      return [await box.locator('h2').first().innerText(), await box.innerText()];
    };
    const [title, said] = await verdict(world.receipt);
    assert.equal(title, 'Proven', said);
    assert.match(said, /Not proven[\s\S]*is true or was verified/);
    await look_at(page, 'window-proven');
    assert.equal((await verdict(world.receipt, world.vkeys))[0], 'Proven');
    for (const [name, text] of Object.entries(world.false_receipts)) assert.equal((await verdict(text))[0], 'Refuted', name);
    for (const [name, text] of Object.entries(world.no_receipts)) assert.equal((await verdict(text))[0], 'Could not be judged', name);
    assert.equal((await verdict(world.receipt, world.other_vkey))[0], 'Could not be judged');
    assert.equal((await verdict(world.record, world.jwks))[0], 'Proven');
    for (const [name, text] of Object.entries(world.false_records)) assert.equal((await verdict(text, world.jwks))[0], 'Refuted', name);
    assert.deepEqual(complaints, []);
    await context.close();
  },

  async passkey_signs_in_and_session_is_out_of_reach() {
    const { page, complaints, context } = await fresh();
    await with_authenticator(page);
    await page.goto(`${world.url}/console`);
    await look_at(page, 'sign-in');
    // Nothing is enrolled yet: the device has no key, and a sentence says so.
    await page.getByText('首次使用：登记通行密钥').click();
    await page.getByRole('button', { name: '登记并登录' }).click();
    await page.getByRole('link', { name: /登记码/ }).click();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'enrol-code');
    await look_at(page, 'enrol-empty');
    // In a browser of its own, whose device keeps the key that nobody took.
    const stranger = await fresh();
    await with_authenticator(stranger.page);
    await stranger.page.goto(`${world.url}/console`);
    await stranger.page.getByText('首次使用：登记通行密钥').click();
    await stranger.page.getByLabel('登记码').fill('spe_no_such_code');
    await stranger.page.getByLabel('给这台设备起个名字').fill('三号窗口电脑');
    await stranger.page.getByRole('button', { name: '登记并登录' }).click();
    await stranger.page.locator('[data-wrongs] a', { hasText: '登记码' }).waitFor();
    assert.equal(await stranger.page.getByLabel('登记码').inputValue(), 'spe_no_such_code');
    assert.deepEqual(stranger.complaints, []);
    await stranger.context.close();
    await page.getByLabel('给这台设备起个名字').fill('三号窗口电脑');
    await page.getByLabel('登记码').fill(await need({ code: 'chen.clerk' }));
    await page.getByRole('button', { name: '登记并登录' }).click();
    await page.locator('nav').waitFor();
    const cookie = (await context.cookies()).find((one) => one.name === '__Host-sponsio');
    assert.ok(cookie.httpOnly && cookie.secure && cookie.sameSite === 'Strict' && cookie.value.startsWith('spb_'));
    assert.equal(await page.evaluate(() => document.cookie), '');
    assert.deepEqual(await page.evaluate(() => [Object.keys(localStorage), Object.keys(sessionStorage)]), [['language'], []]);
    tell({ session: cookie.value });
    await need('cookie elsewhere');
    await menu(page, '我的通行密钥与会话');
    await page.getByText('当前会话').waitFor();
    await look_at(page, 'passkeys');
    await page.getByRole('button', { name: '退出登录' }).click();
    await page.getByRole('button', { name: '用通行密钥登录' }).click();
    await page.locator('nav').waitFor();
    // The passkey that is ended takes its sessions with it, also the one that is used for it.
    await menu(page, '我的通行密钥与会话');
    await page.getByRole('button', { name: '停用 三号窗口电脑' }).click();
    await page.getByRole('dialog').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: '用通行密钥登录' }).click();
    await page.getByRole('dialog').getByText('该通行密钥未在此登记或者已停用').waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  },

  async clerk_files_at_the_counter_by_keyboard() {
    const { page, complaints, context } = await at_desk('zhang.clerk');
    await menu(page, '窗口受理');
    await tab_to(page, '对方要的是什么证明？');
    await page.keyboard.type('亲属证明');
    await page.keyboard.press('Enter');
    await page.getByText('不得索要').first().waitFor();
    await tab_to(page, '事项');
    await page.keyboard.press('ArrowDown');
    await page.getByText('告知内容').waitFor();
    await settled(page);
    await look_at(page, 'counter');
    await tab_to(page, '姓名或者名称');
    await page.keyboard.type('司徒示例');
    await tab_to(page, '证件号码');
    await page.keyboard.type('110105194912310021');
    await tab_to(page, '承诺事由');
    await page.keyboard.type('申请公租房资格确认');
    await page.keyboard.press('Enter');
    // The summary has the focus; its link leads to the field, whose text is still there.
    await page.locator('[data-wrongs]').waitFor();
    await look_at(page, 'counter-wrong');
    assert.ok(await page.evaluate(() => document.activeElement.hasAttribute('data-wrongs')));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.value), '110105194912310021');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('11010519491231002X');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '已受理' }).waitFor();
    assert.match(await page.locator('.receipt output').innerText(), /^\d{20}$/);
    assert.equal(await page.locator('svg.qr path').count(), 1);
    await look_at(page, 'counter-receipt');
    await page.getByText('没有签署件').waitFor();
    const kept = page.waitForEvent('download');
    await page.getByRole('button', { name: '下载回执（JSON）' }).click();
    const receipt = readFileSync(await (await kept).path(), 'utf8');
    await page.goto(`${world.url}/window/verify?lang=zh`);
    await page.getByLabel('粘贴回执').fill(receipt);
    await page.getByRole('button', { name: '核验' }).click();
    await page.getByRole('heading', { name: '已证明' }).waitFor();
    // The next one signs the paper first.
    await page.goto(`${world.url}/console#/counter`);
    await page.getByLabel('事项').selectOption({ index: 1 });
    const printed = page.waitForEvent('download');
    await page.getByRole('button', { name: '先打印告知承诺书供签署' }).click();
    assert.match(readFileSync(await (await printed).path(), 'latin1').slice(0, 5), /^%PDF-/);
    await page.getByLabel('姓名或者名称').fill('司徒示例');
    await page.getByLabel('证件号码').fill('11010519491231002');
    await page.getByLabel('承诺事由').fill('申请公租房资格确认');
    await page.getByLabel('签署件影像').setInputFiles({ name: 'signed.txt', mimeType: 'text/plain', buffer: Buffer.from('承诺书签署件') });
    await page.getByRole('button', { name: '告知并受理承诺' }).click();
    await page.locator('[data-wrongs] a', { hasText: '证件号码' }).click();
    await page.getByLabel('证件号码').fill('11010519491231002X');
    await page.getByRole('button', { name: '告知并受理承诺' }).click();
    await page.getByText('签署件已保存。').waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  },

  async clerk_files_a_table() {
    const { page, complaints, context } = await at_desk('wei.clerk');
    await menu(page, '批量受理');
    await page.getByLabel('表格').setInputFiles({ name: 'rows.csv', mimeType: 'text/csv', buffer: Buffer.from(world.table) });
    await page.getByRole('button', { name: '只检查' }).click();
    await page.getByText('1 行没有问题，1 行需要更正。').waitFor();
    await look_at(page, 'bulk');
    await page.getByLabel('表格').setInputFiles({ name: 'rows.csv', mimeType: 'text/csv', buffer: Buffer.from(world.mended_table) });
    await page.getByRole('button', { name: '受理', exact: true }).click();
    await page.getByText('2 行没有问题，0 行需要更正。').waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  },

  async check_becomes_a_finding_that_two_more_people_pass() {
    const verifier = await at_desk('li.verifier');
    const { page } = verifier;
    await menu(page, '我的待办');
    await look_at(page, 'work');
    await page.goto(`${world.url}/console#/thing/v1/verifications/${world.task_id}?for=claimVerification`);
    await page.getByRole('button', { name: '领取' }).click();
    await page.getByText('已完成。').waitFor();
    await page.getByText('开始核查', { exact: true }).first().click();
    await page.getByRole('button', { name: '开始核查' }).click();
    await page.locator('dd', { hasText: '核查中' }).first().waitFor();
    await page.getByText('上传材料', { exact: true }).first().click();
    const adding = page.getByRole('form', { name: '上传材料' });
    await adding.getByLabel('类型').selectOption({ label: '书证' });
    await adding.getByLabel('文件').setInputFiles({ name: '户籍档案.txt', mimeType: 'text/plain', buffer: Buffer.from('无亲属关系登记') });
    await adding.getByRole('button', { name: '上传材料' }).click();
    await page.getByRole('button', { name: '户籍档案.txt' }).waitFor();
    await page.getByText('作出核查结论', { exact: true }).first().click();
    const form = page.getByRole('form', { name: '作出核查结论' });
    // The session ends while somebody writes: they sign in above the form, and every word is still there.
    await form.getByLabel('情况说明').fill('经调取户籍档案，二人之间无亲属关系登记。');
    await form.getByLabel('核查结果').selectOption('inconsistent');
    await need('end sessions of li.verifier');
    await form.getByRole('button', { name: '作出核查结论' }).click();
    const again = page.getByRole('dialog', { name: '会话已结束' });
    await again.waitFor();
    await look_at(page, 'session-ended');
    await again.getByRole('button', { name: '用通行密钥登录' }).click();
    await again.waitFor({ state: 'detached' });
    assert.equal(await form.getByLabel('情况说明').inputValue(), '经调取户籍档案，二人之间无亲属关系登记。');
    // The server is away: a sentence, and again every word.
    await need('stop');
    await form.getByRole('button', { name: '作出核查结论' }).click();
    await page.getByText('没有连上服务器').waitFor();
    await look_at(page, 'server-away');
    assert.equal(await form.getByLabel('情况说明').inputValue(), '经调取户籍档案，二人之间无亲属关系登记。');
    await need('start');
    await form.getByRole('button', { name: '作出核查结论' }).click();
    await page.locator('dd', { hasText: '已作结论' }).first().waitFor();
    await page.getByText('办结', { exact: true }).first().click();
    await page.getByRole('button', { name: '办结', exact: true }).click();
    await page.getByText('起草认定', { exact: true }).first().click();
    const draft = page.getByRole('form', { name: '起草认定' });
    await draft.getByLabel('类型').first().selectOption('false_statement');
    await draft.getByLabel('过错').selectOption('intentional');
    await draft.getByLabel('严重程度').selectOption('general');
    await draft.getByLabel('事实').fill('承诺人承诺系父子关系；经调取户籍档案，二人之间无亲属关系登记。');
    await draft.getByLabel('户籍档案.txt').check();
    await draft.getByLabel('法律法规').fill('公共租赁住房管理办法');
    await draft.getByLabel('条款').fill('第三十五条');
    await draft.getByLabel('拟作处理').fill('撤销公租房资格确认');
    await look_at(page, 'draft');
    await draft.getByRole('button', { name: '起草认定' }).click();
    await page.waitForFunction(() => location.hash.startsWith('#/thing/v1/findings/'));
    const finding = await page.evaluate(() => location.hash.split('?')[0]);
    assert.deepEqual(verifier.complaints.filter((one) => !one.includes('ERR_')), []);
    await verifier.context.close();

    const reviewer = await at_desk('wang.reviewer');
    await menu(reviewer.page, '我的待办');
    await reviewer.page.locator(`td a[href^="${finding}?"]`).first().click();
    const review = reviewer.page.getByRole('form', { name: '复核' });
    await review.waitFor();
    await reviewer.page.getByRole('button', { name: '户籍档案.txt' }).first().waitFor();
    await look_at(reviewer.page, 'review');
    await review.getByLabel('处理结果').selectOption('confirmed');
    await review.getByLabel('意见').fill('事实清楚，证据充分。');
    await review.getByRole('button', { name: '复核' }).click();
    await reviewer.page.getByText('已完成。').waitFor();
    assert.deepEqual(reviewer.complaints, []);
    await reviewer.context.close();
    await need({ noticed: finding.split('/').pop() });

    const decider = await at_desk('zhao.decider');
    await menu(decider.page, '我的待办');
    await decider.page.locator(`td a[href^="${finding}?"]`).first().click();
    const decision = decider.page.getByRole('form', { name: '作出决定' });
    await decision.getByLabel('处理结果').selectOption('breach');
    await decision.getByLabel('号码').fill('示例住保决字〔2026〕9号');
    await decision.getByLabel('理由').fill('承诺内容与事实不符。');
    const paper = decider.page.waitForEvent('download');
    await decider.page.getByRole('button', { name: '下载 PDF' }).first().click();
    assert.match(readFileSync(await (await paper).path(), 'latin1').slice(0, 5), /^%PDF-/);
    await look_at(decider.page, 'decide');
    await decision.getByRole('button', { name: '作出决定' }).click();
    await decider.page.getByText('已完成。').waitFor();
    assert.deepEqual(decider.complaints, []);
    await decider.context.close();
  },

  async every_desk_has_its_pages_in_both_languages() {
    for (const login of ['qian.supervisor', 'zhou.auditor', 'root.admin']) {
      const { page, complaints, context } = await at_desk(login);
      const names = await page.locator('nav a').allInnerTexts();
      assert.ok(names.length >= 3, login);
      for (const name of names) {
        await menu(page, name);
        assert.equal(await page.locator('main [role=alert]').count(), 0, `${login} ${name}: ${await page.locator('main').innerText()}`);
        await accessible(page, `${login} ${name}`);
      }
      await look_at(page, `desk-${login}`);
      await in_english(page).click();
      for (const name of await page.locator('nav a').allInnerTexts()) {
        await menu(page, name);
        assert.doesNotMatch(name, /[一-鿿]/);
        assert.equal(await page.locator('main [role=alert]').count(), 0, `${login} ${name}`);
      }
      await accessible(page, `${login} in English`);
      assert.deepEqual(complaints, [], login);
      await context.close();
    }
  },

  async supervisor_finds_and_draws() {
    const { page, complaints, context } = await at_desk('qian.supervisor');
    await menu(page, '查询');
    await page.getByRole('button', { name: '查询' }).click();
    await page.getByText(/^共 \d+ 件/).waitFor();
    await page.locator('td a').first().click();
    await page.getByRole('heading', { name: '承诺', exact: true }).waitFor();
    await settled(page);
    await look_at(page, 'commitment');
    await menu(page, '抽查抽取');
    await page.getByText('发起抽取', { exact: true }).first().click();
    await look_at(page, 'draw-form');
    await page.getByRole('button', { name: '发起抽取' }).click();
    await page.locator('[data-wrongs] li').first().waitFor();
    assert.deepEqual(complaints, []);
    await context.close();
  },

  async administrator_makes_an_account_and_its_code() {
    const { page, complaints, context } = await at_desk('root.admin');
    await menu(page, '账号');
    await page.getByText('新增账号', { exact: true }).first().click();
    const form = page.getByRole('form', { name: '新增账号' });
    await form.getByLabel('单位信用代码').fill(world.agency);
    await form.getByLabel('登录名').fill('lu.verifier');
    await form.getByLabel('名称', { exact: true }).fill('陆核查');
    await form.getByLabel('核查人员').check();
    await form.getByRole('button', { name: '新增账号' }).click();
    // What is missing within a group is named by itself, and its link leads there.
    await page.locator('[data-wrongs] a', { hasText: '号码' }).click();
    await page.keyboard.type('110105198001010016');
    const written = await page.evaluate(() => document.activeElement.value);
    assert.equal(written, '110105198001010016');
    await form.getByLabel('号码').fill(world.new_number);
    await form.getByLabel('类型').selectOption('citizen_id');
    await form.getByRole('button', { name: '新增账号' }).click();
    await page.getByText('已完成。').waitFor();
    await page.getByRole('link', { name: '打开 lu.verifier' }).click();
    await page.getByText('生成登记码', { exact: true }).first().click();
    await page.getByRole('button', { name: '生成登记码' }).click();
    const dialog = page.getByRole('dialog', { name: '登记码' });
    assert.match(await dialog.locator('output').innerText(), /^spe_/);
    await accessible(page, 'enrolment code');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.deepEqual(complaints, []);
    await context.close();
  },
};

for (const [name, run] of Object.entries(cases)) {
  if (world.only && !world.only.includes(name)) continue;
  try {
    await run();
    tell({ case: name, ok: true });
  } catch (why) {
    const alerts = await Promise.all(browser.contexts().flatMap((one) => one.pages()).map((page) => page.locator('[role=alert], dialog').allInnerTexts()));
    tell({ case: name, ok: false, why: `${why.stack ?? why}\nthe page said: ${alerts.flat().join(' | ')}` });
    for (const context of browser.contexts()) await context.close();
  }
}
await browser.close();
process.exit(0);
