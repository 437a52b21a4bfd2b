import { type CallAnswer, httpCall } from '../http-call.js';
import type { ComparedAnswer } from './differences.js';
import { forgedManagerToken } from './forged-tokens.js';
import {
  AMENDS,
  CREATED,
  fits,
  OLD_TOKEN_CALLS,
  PASSWORDS,
  SIGN_INS,
  STAND_INS,
  UNKEPT_ANSWERS,
  VIEWER_CALLS,
} from './manager-rules.js';
import { ManagerPlaceholders } from './placeholders.js';
import { RECORDED_ADMIN, type RecordedCluster, type RecordedManager } from './recorded-cluster.js';
import { bodyText, parseExactly, type Recording } from './recordings.js';

/** One answer of ours and the name under which its differences are listed. */
export interface Replayed {
  readonly call: string;
  readonly answer: CallAnswer;
}

type Person = 'admin' | 'viewer';

const VIEWER = { username: 'viewer1', password: PASSWORDS.get('second-pw') ?? '' };

/** Makes the recorded calls to a manager one by one, with this run's ids, tokens and passwords in them. */
export class ManagerReplay {
  readonly placeholders = new ManagerPlaceholders();
  readonly #recordings: ReadonlyMap<string, Recording>;
  readonly #manager: RecordedManager;
  readonly #access = new Map<Person, string>();
  readonly #oldAccess = new Map<Person, string>();
  /** By the name of the call that gave them. */
  readonly #refresh = new Map<string, string>();

  constructor(recordings: readonly Recording[], cluster: RecordedCluster, manager: RecordedManager) {
    this.#recordings = new Map(recordings.map((recording) => [recording.name, recording]));
    this.#manager = manager;
    for (const [name, uid] of cluster.uids) this.placeholders.set(`uid:${name}`, uid);
    for (const [name, pid] of cluster.node.pids) this.placeholders.set(`number:pid:${name}`, pid);
  }

  /** Makes a call, its stand-in where it needs one, and what puts right again what it left otherwise. */
  async replay(recording: Recording): Promise<readonly Replayed[]> {
    const { name } = recording;
    const person = SIGN_INS.get(name);
    if (person !== undefined) await this.#signIn(person);
    const answers = await this.#answersTo(recording);
    const answer = answers.at(-1)?.answer;
    if (answer !== undefined) this.#remember(name, answer);
    await this.#makeAmends(name, answer);
    return answers;
  }

  async #answersTo(recording: Recording): Promise<Replayed[]> {
    const standIn = STAND_INS.get(recording.name);
    if (standIn === undefined) return [{ call: recording.name, answer: await this.call(recording) }];
    const { request } = recording;
    const body = { ...(request.body as object), ...standIn };
    return [
      { call: `${recording.name}, as recorded`, answer: await this.call(recording, (text) => text) },
      { call: recording.name, answer: await this.call({ ...recording, request: { ...request, body } }) },
    ];
  }

  /** One call of the recording, without anything around it. */
  async call({ name, request }: Recording, withPasswords = withOurPasswords): Promise<CallAnswer> {
    const text = bodyText(request.body);
    const headers = Object.entries(request.headers).map(([key, value]) => [
      key.toLowerCase(),
      value.replace('<token>', () => this.#tokenFor(name)),
    ]);
    return httpCall(
      { port: Number(new URL(this.#manager.url).port) },
      this.placeholders.filledIn(request.path),
      {
        method: request.method,
        headers: Object.fromEntries(headers),
        ...(text === undefined ? {} : { body: withPasswords(this.#filledIn(name, text)) }),
      },
    );
  }

  accessTokenOf(person: Person): string {
    const token = this.#access.get(person);
    if (token === undefined) throw new Error(`${person} has not signed in yet`);
    return token;
  }

  #tokenFor(call: string): string {
    const person = VIEWER_CALLS.some((pattern) => fits(pattern, call)) ? 'viewer' : 'admin';
    const token = this.accessTokenOf(person);
    if (OLD_TOKEN_CALLS.includes(call)) return this.#oldAccess.get(person) ?? '';
    return forgedManagerToken(call, token, this.#manager.signingKeyPem) ?? token;
  }

  #filledIn(call: string, text: string): string {
    return this.placeholders.filledIn(text).replace('<token>', () => this.#bodyTokenFor(call));
  }

  /** The calls that hand a token over in their body. */
  #bodyTokenFor(call: string): string {
    if (call === 'refresh with access token') return this.accessTokenOf('admin');
    const isOfOtherSession = call.startsWith('logout') || call === 'refresh after logout';
    const token = this.#refresh.get(isOfOtherSession ? 'login keys in other case' : 'login ok') ?? '';
    return token === '' ? '' : (forgedManagerToken(call, token, this.#manager.signingKeyPem) ?? token);
  }

  #remember(call: string, { status, body }: CallAnswer): void {
    if (status !== 200) return;
    const created = CREATED.get(call);
    const { id, refreshToken, token } = body?.data ?? {};
    if (created !== undefined && typeof id === 'string') this.placeholders.set(created, id);
    if (typeof refreshToken === 'string') this.#refresh.set(call, refreshToken);
    if (call === 'login ok') this.#access.set('admin', token);
    if (call === 'login of a new user') this.#access.set('viewer', token);
  }

  async #signIn(person: Person): Promise<void> {
    const body = JSON.stringify(person === 'admin' ? RECORDED_ADMIN : VIEWER);
    const answer = await this.#send('POST', '/api/v1/auth/login', body);
    const earlier = this.#access.get(person);
    if (earlier !== undefined) this.#oldAccess.set(person, earlier);
    this.#access.set(person, answer.body.data.token);
  }

  async #makeAmends(call: string, answer: CallAnswer | undefined): Promise<void> {
    const amends = AMENDS.get(call);
    if (amends === undefined || answer?.status !== 200) return;
    if ('removeBy' in amends) {
      const body = JSON.stringify({ [amends.idKey]: answer.body.data.id });
      await this.#send('DELETE', amends.removeBy, body, this.accessTokenOf('admin'));
      return;
    }
    for (const name of amends.again) {
      const recording = this.#recordings.get(name);
      if (recording === undefined) throw new Error(`no call is named ${name}`);
      const again = await this.call(recording);
      if (again.status !== 200) throw new Error(`${name} again: ${again.status} ${again.text}`);
      this.#remember(name, again);
    }
  }

  async #send(method: string, path: string, body: string, token?: string): Promise<CallAnswer> {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const port = Number(new URL(this.#manager.url).port);
    const answer = await httpCall({ port }, path, { method, body, headers });
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer;
  }
}

function withOurPasswords(text: string): string {
  return [...PASSWORDS].reduce(
    (sofar, [recorded, ours]) => sofar.replaceAll(`"${recorded}"`, `"${ours}"`),
    text,
  );
}

/** The answer that a call was given, or what the contract says of it. */
export function recordedAnswer(recording: Recording, ours: ComparedAnswer): ComparedAnswer {
  const { name, response } = recording;
  if (response !== null) {
    return {
      status: response.status,
      contentType: response.headers['content-type'],
      endsWithNewline: response.rawEndsWithNewline,
      body: comparedBody(name, response.body),
    };
  }
  const [, status, error] = UNKEPT_ANSWERS.find(([pattern]) => fits(pattern, name)) ?? ['*', 200];
  const body = error === undefined ? ours.body : { success: false, error };
  return { status, contentType: undefined, endsWithNewline: undefined, body };
}

/** Our answer in the form in which it is compared. */
export function comparable({ name }: Recording, answer: CallAnswer): ComparedAnswer {
  return {
    status: answer.status,
    contentType: answer.headers['content-type'],
    endsWithNewline: answer.text.endsWith('\n'),
    body: comparedBody(name, answer.body === undefined ? answer.text : parseExactly(answer.text)),
  };
}

/** Of the documentation only what it documents: its words are each program's own. */
function comparedBody(name: string, body: unknown): unknown {
  if (name === 'swagger index') return 'a page';
  if (name !== 'swagger doc') return body;
  const { paths } = body as { paths: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => [`${method} ${path}`, 'documented']),
  );
  return { routes: Object.fromEntries(routes.toSorted()) };
}
