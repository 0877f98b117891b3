/** Canned replies of a client or of one of its programs. */
import { Button, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { http } from '@/api/http';
import { useClientBadge } from '@/api/session';
import type { Macro } from '@/api/types';
import { Brand } from '@/components/Brand';
import { toastError } from '@/components/errors';
import { showToast } from '@/components/toasts';
import { piecesOf, SAMPLES } from '@/features/setup/answers/macroVariables';
import { create, formOf, refresh } from '@/features/setup/parts/collection';
import { Mark } from '@/features/setup/parts/Mark';
import { Fields, FormPanel, Row } from '@/features/setup/parts/FormPanel';
import { ClientPick, LanguagePick, ProgramPick } from '@/features/setup/parts/pickers';
import { useSave } from '@/features/setup/parts/saved';
import { Split, useClientFilter } from '@/features/setup/parts/Split';
import { useForm } from '@/features/setup/parts/useForm';
import classes from './Macros.module.css';

export function Macros() {
  return (
    <Split<Macro>
      section="macros"
      kind="macros"
      byClient
      serverSearch
      lineOf={(one) => ({
        name: one.name,
        detail: [one.shortcut && `/${one.shortcut}`, one.body.replace(/\s+/g, ' ').slice(0, 80)]
          .filter(Boolean)
          .join(' · '),
        mark: <Mark clientId={one.client_id} />,
      })}
      children={(item) => <MacroForm item={item} />}
    />
  );
}

function MacroForm({ item }: { item: Macro | null }) {
  const { t } = useTranslation(['setup', 'common']);
  const client = useClientFilter();
  const save = useSave<Macro>('macros', 'macros', item);
  const area = useRef<HTMLTextAreaElement>(null);
  const shown = (one: Macro | null): Omit<Macro, 'id'> => ({
    client_id: one?.client_id ?? client ?? '',
    program_id: one?.program_id ?? null,
    name: one?.name ?? '',
    shortcut: one?.shortcut ?? '',
    body: one?.body ?? '',
    language: one?.language ?? 'en',
  });
  const form = useForm<Omit<Macro, 'id'>>({
    ...formOf('macros', item, shown),
    fixed: ['client_id'],
    required: ['client_id', 'name', 'body'],
    rules: (values) => ({
      shortcut: /^[\w-]*$/.test(values.shortcut) ? undefined : t('macros.shortcutWrong'),
    }),
    save: async (values, before) => shown(await save(values, before, values.name)),
  });
  const { values } = form;
  const insert = (variable: string) => {
    const field = area.current;
    const text = `{{${variable}}}`;
    const at = field?.selectionStart ?? values.body.length;
    const to = field?.selectionEnd ?? at;
    form.set({ body: values.body.slice(0, at) + text + values.body.slice(to) });
    requestAnimationFrame(() => {
      field?.focus();
      field?.setSelectionRange(at + text.length, at + text.length);
    });
  };
  return (
    <FormPanel
      form={form}
      section="macros"
      title={item?.name ?? t('common:setupNew.macros')}
      lead={item ? <Brand clientId={item.client_id} /> : t('macros.lead')}
      actions={item && <RemoveMacro item={item} />}
      aside={<MacroPreview body={values.body} clientId={values.client_id} />}
    >
      <Fields>
        <Row>
          <TextInput label={t('field.name')} {...form.text('name')} />
          <TextInput
            label={t('macros.shortcut')}
            leftSection={<span aria-hidden>{'/'}</span>}
            {...form.text('shortcut')}
          />
        </Row>
        <Row>
          <ClientPick
            label={t('field.client')}
            disabled={Boolean(item)}
            value={values.client_id || null}
            onChange={(id) => form.set({ client_id: id ?? '', program_id: null })}
            error={form.error('client_id')}
          />
          <ProgramPick
            label={t('field.program')}
            placeholder={t('field.allPrograms')}
            clearable
            clientId={values.client_id || '-'}
            {...form.bind('program_id')}
          />
          <LanguagePick
            label={t('field.language')}
            value={values.language}
            onChange={(language) => form.set({ language: language ?? 'en' })}
            error={form.error('language')}
          />
        </Row>
        <div>
          <Textarea
            ref={area}
            label={t('macros.body')}
            description={t('macros.bodyHint')}
            autosize
            minRows={6}
            maxRows={24}
            {...form.text('body')}
          />
          <div className={classes.variables} role="group" aria-label={t('macros.variables')}>
            {Object.keys(SAMPLES).map((one) => (
              <button
                key={one}
                type="button"
                className={classes.variable}
                title={t(
                  `macros.variable.${one.replace('.', '_')}` as 'macros.variable.agent_name',
                )}
                onClick={() => insert(one)}
              >
                {`{{${one}}}`}
              </button>
            ))}
          </div>
        </div>
      </Fields>
    </FormPanel>
  );
}

function MacroPreview({ body, clientId }: { body: string; clientId: string }) {
  const { t } = useTranslation(['setup', 'common']);
  const badge = useClientBadge(clientId);
  const pieces = piecesOf(body, { ...SAMPLES, 'brand.name': badge.name });
  return (
    <section className={classes.preview} aria-label={t('macros.preview')}>
      <h3>{t('macros.preview')}</h3>
      <div className={classes.letter}>
        {body ? (
          pieces.map((piece, index) =>
            piece.kind === 'plain' ? (
              <span key={index}>{piece.text}</span>
            ) : (
              <mark
                key={index}
                data-kind={piece.kind}
                title={piece.kind === 'open' ? t('macros.open') : undefined}
              >
                {piece.text}
              </mark>
            ),
          )
        ) : (
          <span className={classes.quiet}>{t('macros.previewEmpty')}</span>
        )}
      </div>
      {pieces.some((piece) => piece.kind === 'open') && (
        <p className={classes.quiet}>{t('macros.open')}</p>
      )}
    </section>
  );
}

function RemoveMacro({ item }: { item: Macro }) {
  const { t } = useTranslation(['setup', 'common']);
  const navigate = useNavigate();
  const go = (itemId?: string) =>
    void (itemId
      ? navigate({
          to: '/setup/$section/$itemId',
          params: { section: 'macros', itemId },
          search: true,
        })
      : navigate({ to: '/setup/$section', params: { section: 'macros' }, search: true }));
  const remove = useMutation({
    mutationFn: () => http.delete(`/api/macros/${item.id}`),
    onSuccess: () => {
      refresh('macros');
      go();
      showToast({
        tone: 'good',
        text: t('macros.removed', { name: item.name }),
        action: {
          name: t('common:action.undo'),
          run: () => {
            create<Macro>('macros', { ...item, id: undefined }).then(
              (made) => go(made.id),
              toastError,
            );
          },
        },
      });
    },
    onError: toastError,
  });
  return (
    <Button
      variant="default"
      size="compact-sm"
      loading={remove.isPending}
      onClick={() => remove.mutate()}
    >
      {t('common:action.remove')}
    </Button>
  );
}
