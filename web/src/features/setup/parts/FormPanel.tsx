/** The panel on the right in which one thing is edited: heading, fields, save and discard, and a guard. */
import { Button, Modal } from '@mantine/core';
import { IconAlertTriangle, IconArrowLeft, IconUsers } from '@tabler/icons-react';
import { Link, useBlocker } from '@tanstack/react-router';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useActions } from '@/components/actions';
import { Keys } from '@/components/Keys';
import type { SectionId } from '@/features/setup/sections';
import type { Form } from '@/features/setup/parts/useForm';
import classes from './Panel.module.css';

export function PanelHead({
  id,
  section,
  title,
  lead,
  actions,
}: {
  /** Of the heading, where something is named by it. */
  id?: string;
  section: SectionId;
  title: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <header className={classes.head}>
      <Link
        className={classes.back}
        to="/setup/$section"
        params={{ section }}
        search={true}
        aria-label={t('setupAction.toList')}
      >
        <IconArrowLeft size={16} aria-hidden />
      </Link>
      <div className={classes.heading}>
        <h2 id={id}>{title}</h2>
        {lead && <div className={classes.lead}>{lead}</div>}
      </div>
      {actions && <div className={classes.actions}>{actions}</div>}
    </header>
  );
}

export function FormPanel<V extends object>({
  form,
  section,
  title,
  lead,
  actions,
  saveName,
  aside,
  children,
}: {
  form: Form<V>;
  section: SectionId;
  title: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  saveName?: string;
  /** Beside the fields, where there is room. */
  aside?: ReactNode;
  children: ReactNode;
}) {
  const { t } = useTranslation(['setup', 'common']);
  const body = useRef<HTMLFormElement>(null);
  useActions([
    {
      id: 'setup.save',
      name: t('form.save'),
      group: t('common:place.setup'),
      keys: 'mod+s',
      whileTyping: true,
      run: () => void form.submit(),
    },
  ]);
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => form.isDirty() && current.pathname !== next.pathname,
    enableBeforeUnload: () => form.isDirty(),
    withResolver: true,
  });
  useEffect(() => {
    if (form.failures === 0) return;
    const wrong = body.current?.querySelector<HTMLElement>(
      '[aria-invalid="true"], [data-problems]',
    );
    wrong?.focus();
    wrong?.scrollIntoView({ block: 'center' });
  }, [form.failures]);
  return (
    <div className={classes.panel}>
      <PanelHead section={section} title={title} lead={lead} actions={actions} />
      <form
        ref={body}
        className={classes.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void form.submit();
        }}
      >
        <div className={classes.scroll}>
          <div className={classes.columns} data-aside={Boolean(aside)}>
            <div className={classes.fields}>
              {form.overtaken && <Overtaken form={form} />}
              {form.problems.length > 0 && (
                <div className={classes.problems} role="alert" data-problems tabIndex={-1}>
                  <IconAlertTriangle size={16} aria-hidden />
                  <ul>
                    {form.problems.map((one) => (
                      <li key={one.path + one.message}>{one.message}</li>
                    ))}
                  </ul>
                </div>
              )}
              {children}
            </div>
            {aside && <div className={classes.aside}>{aside}</div>}
          </div>
        </div>
        <footer className={classes.foot}>
          <Button
            type="submit"
            loading={form.busy}
            disabled={!form.dirty}
            rightSection={<Keys keys="mod+s" />}
          >
            {saveName ?? t('common:action.save')}
          </Button>
          <Button
            type="button"
            variant="default"
            disabled={!form.dirty || form.busy}
            onClick={form.reset}
          >
            {t('form.discard')}
          </Button>
          <span className={classes.state} role="status">
            {form.dirty ? t('form.unsaved') : ''}
          </span>
        </footer>
      </form>
      <Modal
        opened={blocker.status === 'blocked'}
        onClose={() => blocker.reset?.()}
        title={t('form.leaveTitle')}
        closeButtonProps={{ 'aria-label': t('form.stay') }}
        size={420}
      >
        <p>{t('form.leaveHint')}</p>
        <div className={classes.leave}>
          <Button
            data-autofocus
            loading={form.busy}
            onClick={() =>
              void form.submit().then((done) => (done ? blocker.proceed?.() : blocker.reset?.()))
            }
          >
            {t('form.saveAndGo')}
          </Button>
          <Button variant="default" onClick={() => blocker.proceed?.()}>
            {t('form.dropAndGo')}
          </Button>
          <Button variant="subtle" color="gray" onClick={() => blocker.reset?.()}>
            {t('form.stay')}
          </Button>
        </div>
      </Modal>
    </div>
  );
}

/** Says that somebody else saved something meanwhile, and asks what becomes of what was typed. */
function Overtaken<V extends object>({ form }: { form: Form<V> }) {
  const { t } = useTranslation('setup');
  return (
    <div className={classes.overtaken} role="status" data-problems tabIndex={-1}>
      <IconUsers size={16} aria-hidden />
      <div>
        <p>{t('form.changed')}</p>
        <p className={classes.hint}>{t('form.changedHint')}</p>
        <div className={classes.choices}>
          <Button size="compact-sm" onClick={form.keepMine}>
            {t('form.keepMine')}
          </Button>
          <Button size="compact-sm" variant="default" onClick={form.takeTheirs}>
            {t('form.takeTheirs')}
          </Button>
        </div>
      </div>
    </div>
  );
}

/** The same panel for what is looked at and not edited. */
export function LookPanel({
  section,
  title,
  lead,
  actions,
  children,
}: {
  section: SectionId;
  title: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const heading = useId();
  return (
    <div className={classes.panel}>
      <PanelHead id={heading} section={section} title={title} lead={lead} actions={actions} />
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what only is read can be scrolled by keys */}
      <div className={classes.scroll} role="region" aria-labelledby={heading} tabIndex={0}>
        <div className={classes.columns}>
          <div className={classes.fields}>{children}</div>
        </div>
      </div>
    </div>
  );
}

/** A titled group of fields. */
export function Fields({
  title,
  hint,
  children,
}: {
  title?: string;
  hint?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={classes.group}>
      {title && (
        <div className={classes.groupHead}>
          <h3>{title}</h3>
          {hint && <p>{hint}</p>}
        </div>
      )}
      {children}
    </section>
  );
}

/** Fields side by side where there is room. */
export function Row({ children }: { children: ReactNode }) {
  return <div className={classes.pair}>{children}</div>;
}
