import type { Message } from '../message';
import type en from './en';

export default {
  'portal.title': 'Bonjour, {name}',
  'portal.next': 'Votre prochain point de presse',
  'portal.next.live': 'À l’antenne',
  'portal.next.wants': 'Ce que vous pouvez faire',
  'portal.next.room_later': 'La salle ouvre une heure avant le début.',
  'portal.next.ask': 'Envoyer une question, jusqu’au',
  'portal.next.asked': {
    one: 'Vous avez {n} question sur la liste.',
    other: 'Vous avez {n} questions sur la liste.'
  },
  'portal.next.pending': 'Le service de presse étudie votre demande. Vous recevrez un courriel.',
  'portal.next.unconfirmed':
    'Ouvrez le lien du courriel que nous vous avons envoyé, afin que le service de presse voie votre demande.',
  'portal.next.starts': 'Début {when}',
  'portal.none': 'Aucun point de presse à venir',
  'portal.none.text': 'Inscrivez-vous dans le centre de presse ; il apparaîtra ici.',
  'portal.find': 'Trouver un point de presse',
  'portal.registrations': 'Mes inscriptions',
  'portal.registrations.empty': 'Vous n’êtes inscrit à aucun point de presse',
  'portal.registrations.decided': 'Décision {when}',
  'portal.registrations.reason': 'Motif : {reason}',
  'portal.registrations.withdraw': 'Retirer',
  'portal.registrations.withdraw.title': 'Retirer cette inscription ?',
  'portal.registrations.withdraw.text':
    'Vous renoncez à votre place pour « {event} ». Votre lien personnel ne fonctionnera plus. Vous pourrez vous réinscrire tant que les inscriptions sont ouvertes.',
  'portal.registrations.withdrawn': 'Inscription retirée',
  'portal.registrations.as': 'sous le nom de {name}, {outlet}',
  'portal.questions': 'Mes questions',
  'portal.questions.empty': 'Vous n’avez encore rien demandé',
  'portal.questions.empty.text':
    'Vos questions, envoyées avant ou pendant un point de presse, apparaissent ici avec leur état.',
  'portal.questions.live': 'Posée en direct, sans texte',
  'portal.questions.reason': 'La régie indique : {reason}',
  'portal.questions.withdraw': 'Retirer',
  'portal.questions.withdraw.title': 'Retirer cette question ?',
  'portal.questions.withdraw.text':
    'Elle quitte la file et ne garde pas sa place. Vous pourrez en poser une autre.',
  'portal.questions.withdrawn': 'Question retirée',
  'portal.ask': 'Poser une question',
  'portal.ask.lead': 'Vos mots arrivent tels quels ; personne ne les modifie.',
  'portal.ask.event': 'Point de presse',
  'portal.ask.topic': 'Sujet',
  'portal.ask.topic_hint': 'Quelques mots. Le sujet peut être affiché quand vous êtes appelé.',
  'portal.ask.language': 'Langue de la question',
  'portal.ask.how': 'Comment souhaitez-vous la poser ?',
  'portal.ask.written': 'Par écrit',
  'portal.ask.live': 'En direct, avec caméra et micro',
  'portal.ask.text': 'Question',
  'portal.ask.submit': 'Envoyer la question',
  'portal.ask.sent': 'Question reçue',
  'portal.ask.closed':
    'Vous pourrez poser une question dès qu’une inscription est acceptée et que les questions sont ouvertes.',
  'staff_home.waiting': 'Ce qui m’attend',
  'staff_home.waiting.none': 'Rien ne vous attend',
  'staff_home.waiting.none.text':
    'Les inscriptions à traiter, brouillons à annoncer et verbatims à reprendre apparaissent ici.',
  'staff_home.live': 'À l’antenne',
  'staff_home.pending': { one: '{n} inscription à traiter', other: '{n} inscriptions à traiter' },
  'staff_home.draft': 'Brouillon à compléter et à annoncer',
  'staff_home.edit': 'Verbatim à rédiger',
  'staff_home.review': 'Verbatim à relire',
  'staff_home.soon': 'Début imminent : les coulisses sont ouvertes à l’équipe',
  'staff_home.coming': 'Prochains points de presse',
  'staff_home.coming.none': 'Rien n’est prévu',
  'staff_home.coming.none.text': 'Les événements auxquels vous participez apparaissent ici.',
  'staff_home.plan': 'Planifier un événement',
  'staff_home.to_desk': 'Traiter',
  'staff_home.questions': { one: '{n} question', other: '{n} questions' },
  'staff_home.approved': { one: '{n} journaliste admis', other: '{n} journalistes admis' }
} satisfies Record<keyof typeof en, Message>;
