/** Ties visitor, connection, outbox and conversation together; the views read from it and are told of changes. */

import type { Api, Upload } from './api';
import { Connection, type ConnectionState } from './connection';
import { Conversation } from './conversation';
import type { Emitter } from './emitter';
import { Inbox } from './inbox';
import { isOutboxKey, Outbox } from './outbox';
import { Patience } from './patience';
import type { UploadedFile } from './protocol';
import { isReadKey, ReadMark } from './readmark';
import { Registration } from './registration';
import { Repair } from './repair';
import { Sender } from './sender';
import type { Storage } from './storage';
import { OwnTyping, Typist } from './typist';
import { uuid } from './uuid';
import { isVisitorKey, type PageInfo, VisitorKeeper } from './visitor';

const OTHER_TAB_MS = 10_000;
const ACTIVE = 'active';

export class Session {
  readonly conversation = new Conversation();
  readonly outbox: Outbox;
  readonly visitor: VisitorKeeper;
  readonly typist: Typist;
  readonly ownTyping: OwnTyping;
  private readonly connection: Connection;
  private readonly sender: Sender;
  private readonly repair: Repair;
  private readonly registration: Registration;
  private readonly patience: Patience;
  private readonly readMark: ReadMark;
  private readonly inbox: Inbox;
  private started = false;

  constructor(
    private readonly api: Api,
    private readonly storage: Storage,
    private readonly emitter: Emitter,
    private readonly page: () => PageInfo,
    token: string | null,
    private readonly changed: () => void,
  ) {
    this.outbox = new Outbox(storage, Date.now);
    this.visitor = new VisitorKeeper(api, storage, page, token);
    this.connection = new Connection(() => new WebSocket(api.socketUrl()), {
      hello: () => ({ type: 'hello', ...this.position(), ...this.page() }),
      frame: (frame) => this.inbox.receive(frame),
      state: (state) => this.connectionMoved(state),
      unknownVisitor: () => this.registerAgain(),
    });
    this.sender = new Sender(
      this.outbox,
      (frame) => this.connection.send(frame),
      () => this.connection.restart(),
      changed,
    );
    this.typist = new Typist(changed);
    this.ownTyping = new OwnTyping((typing) => this.connection.send({ type: 'typing', typing }));
    this.patience = new Patience(changed);
    this.registration = new Registration(this.visitor, {
      done: (other) => this.registered(other),
      refused: () => this.connection.refuse(),
    });
    this.repair = new Repair(
      () => this.conversation.transcript,
      () => this.connection.greetAgain(),
      changed,
    );
    this.readMark = new ReadMark(storage, this.conversation);
    this.inbox = new Inbox({
      conversation: this.conversation,
      outbox: this.outbox,
      sender: this.sender,
      repair: this.repair,
      typist: this.typist,
      readMark: this.readMark,
      visitor: this.visitor,
      emitter,
      send: (frame) => this.connection.send(frame),
      refused: () => this.connection.refuse(),
      unknownVisitor: () => this.registerAgain(),
      handled: () => this.handled(),
    });
    storage.watch((key, value) => this.otherTab(key, value));
  }

  get connectionState(): ConnectionState {
    return this.connection.state;
  }

  get isPaused(): boolean {
    return this.sender.isPaused;
  }

  /** Whether the connection has been missing for so long that the visitor should know. */
  get isLate(): boolean {
    return this.started && this.patience.isOver && this.connection.state !== 'live';
  }

  /** Whether messages that exist are still on their way to this page. */
  get isReplaying(): boolean {
    return this.repair.replaying;
  }

  /** Whether there is something to come back for on this page without the visitor asking. */
  get hasPast(): boolean {
    return (
      this.visitor.secret !== null &&
      (this.storage.get(ACTIVE) === '1' || this.outbox.head() !== null)
    );
  }

  /** Registers the visitor if needed and connects; harmless when done before. */
  start(): void {
    this.started = true;
    if (this.connection.state !== 'live') this.patience.wait();
    this.register();
  }

  /** The network changed or the tab woke up. */
  wake(): void {
    if (!this.started) return;
    if (this.connection.state === 'idle') this.register();
    else this.connection.check();
  }

  /** The page goes away, perhaps into the browser's back-forward cache. */
  sleep(): void {
    this.connection.stop();
  }

  /** Sends a file ahead of the message that will name it. `progress` gives 0..1. */
  async upload(file: File, progress: (share: number) => void): Promise<Upload> {
    this.start();
    const { secret } = await this.visitor.ensure();
    return this.api.upload(file, secret, progress);
  }

  say(text: string, files: UploadedFile[]): void {
    const file_ids = files.map((file) => file.file_id);
    const sent_at = new Date().toISOString();
    this.outbox.add({ type: 'message', client_id: uuid(), text, file_ids, sent_at }, files);
    this.ownTyping.sent();
    this.kept();
  }

  introduce(name: string, email: string): void {
    this.outbox.add({ type: 'profile', client_id: uuid(), name, email });
    this.visitor.emailKnown = true;
    this.kept();
  }

  /** The contact is over for the visitor; the next message begins another conversation. */
  end(): void {
    const id = this.conversation.id;
    if (id === null) return;
    this.outbox.add({ type: 'end', client_id: uuid(), conversation_id: id });
    this.conversation.ended = this.conversation.left = true;
    this.storage.remove(ACTIVE);
    this.emitter.emit('conversation', { id, status: 'ended' });
    this.kept();
  }

  startAnew(): void {
    if (!this.conversation.left) this.end();
    this.conversation.abandon();
    this.changed();
  }

  retry(clientId: string): void {
    this.outbox.retry(clientId);
    this.kept();
  }

  discard(clientId: string): void {
    this.outbox.remove(clientId);
    this.sender.release(clientId);
    this.changed();
  }

  /** The visitor has everything on the screen before their eyes. */
  markRead(): void {
    const seq = this.readMark.move();
    if (seq === null) return;
    this.connection.send({ type: 'read', seq });
    this.changed();
  }

  /** Another person signed in to the page (their token), or the person signed out (null). */
  identify(token: string | null): void {
    this.visitor.identify(token);
    this.connection.stop();
    if (token === null) {
      this.storage.keys('').forEach((key) => this.storage.remove(key));
      this.conversation.leave();
    }
    this.changed();
    if (this.started) this.register();
  }

  private position() {
    const { id, transcript } = this.conversation;
    const after_seq = id === null ? 0 : transcript.contiguous;
    return { visitor_secret: this.visitor.secret ?? '', after_seq, conversation_id: id };
  }

  private register(): void {
    if (this.connection.state !== 'refused') void this.registration.run();
  }

  private registered(changed: boolean): void {
    if (changed) this.conversation.leave();
    this.connection.start();
    this.changed();
    if (this.visitor.awaitsToken) this.registration.later();
  }

  private registerAgain(): void {
    this.connection.stop();
    this.visitor.forget();
    this.conversation.leave();
    this.registration.later();
  }

  private connectionMoved(state: ConnectionState): void {
    if (state === 'live') this.patience.done();
    else {
      if (this.started) this.patience.wait();
      this.sender.reset();
      this.typist.clear();
      this.repair.stop();
    }
    this.changed();
  }

  private kept(): void {
    if (this.started) this.sender.pump();
    else this.start();
    this.changed();
  }

  private handled(): void {
    if (this.conversation.id !== null && !this.conversation.left) this.storage.set(ACTIVE, '1');
    this.changed();
  }

  private otherTab(key: string, value: string | null): void {
    if (isOutboxKey(key)) {
      if (value === null) this.sender.release(key.slice(key.indexOf('.') + 1));
      else setTimeout(() => this.sender.pump(), OTHER_TAB_MS);
    } else if (isReadKey(key)) this.readMark.adopt();
    else if (key === ACTIVE && value === '1' && !this.started) this.start();
    else if (isVisitorKey(key)) {
      this.conversation.leave();
      this.connection.stop();
      if (this.started && value !== null) this.register();
    } else return;
    this.changed();
  }
}
