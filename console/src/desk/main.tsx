import { signal } from '@preact/signals';
import { render, type JSX } from 'preact';
import '../style/desk.css';
import { BulkPage } from './bulk';
import { CounterPage } from './counter';
import { language, load_vocabulary, words } from './language';
import { ListOf } from './lists';
import { list_pages, menu } from './pages';
import { PasskeysPage } from './passkeys';
import { Dialog, go, sentence_of } from './parts';
import { SearchPage } from './search';
import { signed_out } from './server';
import { look, me, person, sign_out } from './session';
import { SignInButton, SignInPage } from './sign_in';
import { ThingPage } from './things';
import { WorkPage } from './work';

const where = signal(location.hash);
window.addEventListener('hashchange', () => {
  where.value = location.hash;
});

const own_pages: Record<string, () => JSX.Element> = { work: WorkPage, search: SearchPage, counter: CounterPage, bulk: BulkPage, passkeys: PasskeysPage };

/** The page that the address names; the first one for any other. */
function Page(): JSX.Element {
  const [path, query] = where.value.replace(/^#\//, '').split('?');
  if (path.startsWith('thing/')) {
    const waiting = new URLSearchParams(query).get('for') ?? '';
    return <ThingPage key={path} path={path.slice('thing'.length)} waiting={waiting === '' ? [] : waiting.split(',')} />;
  }
  const list = list_pages.find((one) => one.name === path);
  if (list) return <ListOf key={list.name} page={list} />;
  const Own = own_pages[path] ?? WorkPage;
  return <Own />;
}

function Menu(): JSX.Element {
  const here = where.value.replace(/^#\//, '').split('?')[0] || 'work';
  const names = words.value.pages as Record<string, string>;
  return (
    <nav aria-label={words.value.menu}>
      <ul>
        {menu().map((name) => <li key={name}><a href={`#/${name}`} aria-current={name === here ? 'page' : undefined}>{names[name]}</a></li>)}
      </ul>
    </nav>
  );
}

function Head(): JSX.Element {
  const out = async (): Promise<void> => {
    await sign_out();
    go('/work');
  };
  return (
    <header>
      <p class="site">{words.value.site}</p>
      {me.value && <p class="who">{me.value.account.name} · {me.value.organisation.name}</p>}
      <button type="button" class="plain" lang={language.value === 'zh' ? 'en' : 'zh-CN'} onClick={() => (language.value = language.value === 'zh' ? 'en' : 'zh')}>{words.value.other_language}</button>
      {me.value && <button type="button" class="plain" onClick={() => void out()}>{words.value.sign_in.out}</button>}
    </header>
  );
}

/** Above whatever is open, which stays as it is: nobody loses a word because a session ended. */
function SignInAgain(): JSX.Element | null {
  if (!signed_out.value || !me.value) return null;
  return (
    <Dialog title={words.value.sign_in.again_title}>
      <p>{words.value.sign_in.again}</p>
      <SignInButton />
    </Dialog>
  );
}

const trouble = signal('');

function Desk(): JSX.Element {
  document.title = words.value.site;
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById('main')?.focus(); }}>{words.value.skip}</a>
      <Head />
      {me.value && <Menu />}
      <main id="main" tabIndex={-1}>
        {trouble.value && <p class="notice bad" role="alert">{trouble.value}</p>}
        {me.value ? <Page key={person.value} /> : <SignInPage />}
      </main>
      <SignInAgain />
    </>
  );
}

const app = document.getElementById('app') as HTMLElement;
Promise.all([look(), load_vocabulary()])
  .catch((why: unknown) => {
    trouble.value = sentence_of(why);
  })
  .finally(() => {
    app.replaceChildren();
    render(<Desk />, app);
  });
