/** Chat entries on clients' pages, with the real widget beside its settings. */
import { Button, ColorInput, SegmentedControl, Switch, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import { useClientBadge, useMe } from '@/api/session';
import type { ChatWidget, WidgetTheme } from '@/api/types';
import { Brand } from '@/components/Brand';
import { toastError } from '@/components/errors';
import { Preview } from '@/features/setup/channels/Preview';
import { ActiveSwitch } from '@/features/setup/parts/ActiveSwitch';
import { CopyBox, Secret } from '@/features/setup/parts/CopyBox';
import { Mark } from '@/features/setup/parts/Mark';
import { formOf } from '@/features/setup/parts/collection';
import { Fields, FormPanel, Row } from '@/features/setup/parts/FormPanel';
import { Labelled } from '@/features/setup/parts/Labelled';
import { LinesEditor } from '@/features/setup/parts/LinesEditor';
import { LanguagePick, ProgramPick, QueuePick } from '@/features/setup/parts/pickers';
import { useSave } from '@/features/setup/parts/saved';
import { Split, useClientFilter } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';

export function ChatWidgets() {
  const { t } = useTranslation(['setup', 'common']);
  return (
    <Split<ChatWidget>
      section="chat"
      kind="chat-widgets"
      byClient
      lineOf={(one) => ({
        name: one.name,
        detail: one.origins[0]?.replace(/^https?:\/\//, '') ?? t('chat.anyPage'),
        mark: <Mark clientId={one.client_id} />,
        off: !one.active,
      })}
      children={(item) => <WidgetForm item={item} />}
    />
  );
}

type Values = Omit<ChatWidget, 'id' | 'client_id' | 'key' | 'active'>;

function WidgetForm({ item }: { item: ChatWidget | null }) {
  const { t } = useTranslation(['setup', 'common']);
  const { base_url } = useMe();
  const client = useClientFilter();
  const badge = useClientBadge(item?.client_id ?? client);
  const save = useSave<ChatWidget>('chat-widgets', 'chat', item);
  const shown = (one: ChatWidget | null): Values => ({
    program_id: one?.program_id ?? '',
    queue_id: one?.queue_id ?? null,
    name: one?.name ?? '',
    origins: one?.origins ?? [],
    language: one?.language ?? 'en',
    theme: one?.theme ?? {
      color: badge.name ? badge.color : '#2f5fd0',
      position: 'right',
      title: '',
      greeting: '',
      offline_text: '',
    },
    require_email: one?.require_email ?? false,
  });
  const form = useForm<Values>({
    ...formOf('chat-widgets', item, shown),
    required: ['program_id', 'name', 'language'],
    rules: (values) => ({
      'theme/color': /^#[0-9a-f]{6}$/i.test(values.theme.color)
        ? undefined
        : t('clients.colorWrong'),
    }),
    save: async (values, before) => {
      const origins = values.origins.map((one) => one.trim()).filter(Boolean);
      return shown(await save({ ...values, origins }, before, values.name));
    },
  });
  const { values } = form;
  const theme = (change: Partial<WidgetTheme>) =>
    form.set({ theme: { ...values.theme, ...change } });
  return (
    <FormPanel
      form={form}
      section="chat"
      title={item?.name ?? t('common:setupNew.chat')}
      lead={item ? <Brand clientId={item.client_id} /> : t('chat.lead')}
      actions={item && <ActiveSwitch kind="chat-widgets" item={item} name={item.name} />}
      aside={
        item ? (
          <Preview
            widgetKey={item.key}
            theme={values.theme}
            language={values.language}
            requireEmail={values.require_email}
          />
        ) : undefined
      }
    >
      <Fields>
        <TextInput
          label={t('field.name')}
          description={t('chat.nameHint')}
          {...form.text('name')}
        />
        <Row>
          <ProgramPick
            label={t('field.program')}
            clientId={item?.client_id ?? client ?? null}
            value={values.program_id || null}
            onChange={(id) => form.set({ program_id: id ?? '', queue_id: null })}
            error={form.error('program_id')}
          />
          <QueuePick
            label={t('field.queue')}
            placeholder={t('field.queueByRules')}
            clearable
            programId={values.program_id || '-'}
            {...form.bind('queue_id')}
          />
        </Row>
      </Fields>
      <Fields title={t('chat.look')}>
        <Row>
          <ColorInput
            eyeDropperButtonProps={{ 'aria-label': t('clients.pickColor') }}
            label={t('clients.color')}
            format="hex"
            value={values.theme.color}
            onChange={(color) => theme({ color })}
            error={form.error('theme/color')}
          />
          <Labelled label={t('chat.position')}>
            <SegmentedControl
              aria-label={t('chat.position')}
              data={[
                { value: 'left', label: t('chat.left') },
                { value: 'right', label: t('chat.right') },
              ]}
              value={values.theme.position}
              onChange={(position) => theme({ position })}
            />
          </Labelled>
        </Row>
        <TextInput
          label={t('chat.title')}
          value={values.theme.title}
          onChange={(event) => theme({ title: event.currentTarget.value })}
          error={form.error('theme/title')}
        />
        <Textarea
          label={t('chat.greeting')}
          description={t('chat.greetingHint')}
          autosize
          minRows={2}
          value={values.theme.greeting}
          onChange={(event) => theme({ greeting: event.currentTarget.value })}
          error={form.error('theme/greeting')}
        />
        <Textarea
          label={t('chat.offline')}
          description={t('chat.offlineHint')}
          autosize
          minRows={2}
          value={values.theme.offline_text}
          onChange={(event) => theme({ offline_text: event.currentTarget.value })}
          error={form.error('theme/offline_text')}
        />
        <LanguagePick
          label={t('field.language')}
          value={values.language}
          onChange={(language) => form.set({ language: language ?? 'en' })}
          error={form.error('language')}
        />
        <Switch
          label={t('chat.requireEmail')}
          description={t('chat.requireEmailHint')}
          {...form.check('require_email')}
        />
      </Fields>
      <Fields title={t('chat.pages')}>
        <LinesEditor
          label={t('chat.origins')}
          description={t('chat.originsHint')}
          placeholder="https://www.example.com"
          most={50}
          {...form.bind('origins')}
          error={undefined}
          errorAt={(index) => form.error(`origins/${index}`)}
        />
        {item && (
          <Labelled label={t('chat.snippet')} description={t('chat.snippetHint')}>
            <CopyBox label={t('chat.snippet')} text={snippetOf(item, base_url)} />
          </Labelled>
        )}
      </Fields>
      {item && (
        <Fields title={t('chat.secret')} hint={t('chat.secretHint')}>
          <VisitorSecret item={item} />
        </Fields>
      )}
    </FormPanel>
  );
}

const snippetOf = (item: ChatWidget, baseUrl: string) =>
  `<script src="${baseUrl}/widget.js" data-key="${item.key}" async></script>`;

function VisitorSecret({ item }: { item: ChatWidget }) {
  const { t } = useTranslation(['setup', 'common']);
  const [sure, setSure] = useState(false);
  const renew = useMutation({
    mutationFn: () => http.post<{ secret: string }>(`/api/chat-widgets/${item.id}/secret`),
    onSuccess: () => setSure(false),
    onError: toastError,
  });
  if (renew.data) {
    return (
      <Secret text={renew.data.secret} label={t('chat.secretNew')} hint={t('chat.secretOnce')} />
    );
  }
  return sure ? (
    <div role="group" aria-label={t('chat.secretSure')}>
      <p>{t('chat.secretSure')}</p>
      <Button mt={8} me={8} loading={renew.isPending} onClick={() => renew.mutate()}>
        {t('chat.secretMake')}
      </Button>
      <Button mt={8} variant="default" onClick={() => setSure(false)}>
        {t('common:action.cancel')}
      </Button>
    </div>
  ) : (
    <div>
      <Button variant="default" onClick={() => setSure(true)}>
        {t('chat.secretMake')}
      </Button>
    </div>
  );
}
